import type { Guest } from "../inventory/index.ts";
import { listed } from "../lib/list.ts";

const HEADER = /^INFO: starting new backup job: vzdump((?: \d+)*)(.*)$/;
const STARTED = /^INFO: Starting Backup of VM (\d+) /;
const FINISHED = /^INFO: Finished Backup of VM (\d+)/;
const FAILED = /^ERROR: Backup of VM (\d+) failed - (.*)$/;

/** Guests by their number with the reason why their backup failed; undefined where it was made. */
type Results = ReadonlyMap<number, string | undefined>;

function option(text: string, name: string): string | undefined {
  const [, quoted, plain] = new RegExp(`(?:^| )--?${name} (?:'([^']*)'|(\\S+))`).exec(text) ?? [];
  return quoted ?? plain;
}

/** The guests that a job was to back up, by the first line of its log; it tells only those of one node. */
function meant(lines: readonly string[], guests: readonly Guest[]): number[] {
  const [, named = "", options = ""] = lines.map((line) => HEADER.exec(line)).find(Boolean) ?? [];
  if (named !== "") return named.trim().split(" ").map(Number);
  const excluded = listed(option(options, "exclude")).map(Number);
  const pool = option(options, "pool");
  const all = option(options, "all") === "1" || option(options, "exclude") !== undefined;
  if (!all && pool === undefined) return [];
  return guests
    .filter((guest) => (pool === undefined || guest.pool === pool) && !excluded.includes(guest.vmid))
    .map(({ vmid }) => vmid);
}

/**
 * How a vzdump of several guests came out for each, by its log: its exit status says only that some failed. What it did
 * not come to, or did not bring to its end, failed as the task did. `guests` are those of its node. Pure.
 */
export function resultsOf(lines: readonly string[], status: string, guests: readonly Guest[]): Results {
  const results = new Map<number, string | undefined>(meant(lines, guests).map((vmid) => [vmid, status]));
  for (const line of lines) {
    const [, started] = STARTED.exec(line) ?? [];
    if (started !== undefined) results.set(Number(started), status);
    const [, finished] = FINISHED.exec(line) ?? [];
    if (finished !== undefined) results.set(Number(finished), undefined);
    const [, failed, reason] = FAILED.exec(line) ?? [];
    if (failed !== undefined) results.set(Number(failed), reason);
  }
  return results;
}
