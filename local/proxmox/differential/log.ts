import { mask } from "./mask.ts";

/** Lines of progress, and those of tools outside Proxmox: they differ from run to run. */
const PROGRESS =
  /^(Use of uninitialized|transferred|Formatting|INFO: +\d+%|\s*$|progress|map .*fraction|allocate|DEV: |new volume ID|write|CTIME|CFG: |[0-9.]+ ?[KMGT]?i?B |mirror|drive-|INFO: (transferred|backup is sparse|archive file size|\/usr\/bin\/vma|.*zero data|.*Duration))/;

const OPTIONS = /^(INFO: starting new backup job: vzdump [^-]*|update VM [^:]+: )(-.*)$/;

/** Options come in the order of a hash. */
function ordered(line: string): string {
  const [, head, options] = OPTIONS.exec(line) ?? [];
  if (head === undefined || options === undefined) return line;
  const dash = options.startsWith("--") ? "--" : "-";
  const sorted = ` ${options}`
    .split(` ${dash}`)
    .slice(1)
    .map((option) => option.trim())
    .toSorted();
  return head + sorted.map((option) => dash + option).join(" ");
}

/** What can be compared of a task's log; the middle of a long one is left out. */
export function normalLog(lines: readonly string[]): string[] {
  const useful = lines
    .filter((line) => line && !PROGRESS.test(line))
    .map((line) => ordered(mask(line)).slice(0, 240));
  const once = useful.filter((line, index) => line !== useful[index - 1]);
  return once.length > 14 ? [...once.slice(0, 8), "...", ...once.slice(-5)] : once;
}
