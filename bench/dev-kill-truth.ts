import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, request } from "undici";
import * as z from "zod";
import { Certificate } from "../local/proxmox/certificate.ts";
import type { Dev } from "./dev-kill-victim.ts";

const Operation = z.object({ state: z.string(), progress: z.record(z.string(), z.number()) });
const Item = z.object({
  id: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  error: z.object({ code: z.string() }).nullable(),
  vm: z.object({ id: z.string() }),
});
type Item = z.infer<typeof Item>;
const Items = z.object({ items: z.array(Item), nextCursor: z.string().nullable() });
const Info = z.object({ proxmoxUrl: z.string(), proxmoxToken: z.string() });
const Guests = z.array(z.object({ vmid: z.number(), type: z.string(), node: z.string() }));
const Snapshots = z.array(z.object({ description: z.string().optional(), snapstate: z.string().optional() }));

/** A snapshot that says which item made it; `whole` unless it was cut off. */
interface Trace {
  readonly vm: string;
  readonly whole: boolean;
}

async function itemsOf(dev: Dev, operation: string): Promise<Item[]> {
  const found: Item[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const more: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { json } = await dev.request(`/v1/operations/${operation}/items?limit=200${more}`);
    const page = Items.parse(json);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}

/** Asks the simulated Proxmox itself, past Moxxie. */
function proxmoxOf(dir: string) {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(dir, file), "utf8"));
  const { proxmoxUrl, proxmoxToken } = Info.parse(read("dev.json"));
  const { cert: ca } = Certificate.parse(read("certificate.json"));
  const dispatcher = new Agent({ connect: { ca } });
  const headers = { authorization: `PVEAPIToken=${proxmoxToken}` };
  return async <T>(path: string, data: z.ZodType<T>): Promise<T> => {
    const answer = await request(`${proxmoxUrl}/api2/json${path}`, { dispatcher, headers });
    return z.object({ data }).parse(await answer.body.json()).data;
  };
}

/** What every guest of the simulated Proxmox has of an operation, by item. */
async function traces(dir: string, operation: string): Promise<Map<string, Trace[]>> {
  const ask = proxmoxOf(dir);
  const found = new Map<string, Trace[]>();
  for (const { vmid, type, node } of await ask("/cluster/resources?type=vm", Guests)) {
    for (const { description = "", snapstate } of await ask(
      `/nodes/${node}/${type}/${vmid}/snapshot`,
      Snapshots,
    )) {
      const item = /(?:^|\s)moxxie=(\S+)/.exec(description)?.[1];
      if (item?.startsWith(`${operation}/`) !== true) continue;
      found.set(item, [...(found.get(item) ?? []), { vm: `main/${vmid}`, whole: snapstate === undefined }]);
    }
  }
  return found;
}

/** What an item would have to say, as against what it says; undefined when it tells the truth. */
function untruth({ id, vm, state, reason }: Item, made: readonly Trace[]): string | undefined {
  const whole = made.filter((trace) => trace.whole).length;
  const told = `${id} ${vm.id} ${state} (${reason ?? ""}): ${whole} snapshots, ${made.length - whole} half made`;
  if (made.some((trace) => trace.vm !== vm.id)) return `${told}, not all of its guest`;
  if (whole !== (state === "succeeded" ? 1 : 0)) return told;
  if (made.length - whole !== (reason?.includes("half made") === true ? 1 : 0)) return told;
  return ["succeeded", "failed", "skipped"].includes(state) ? undefined : told;
}

/** Holds an operation that has ended to what the simulated Proxmox shows; `wrong` has a line for each lie. */
export async function compare(dev: Dev, dir: string, id: string) {
  const operation = Operation.parse((await dev.request(`/v1/operations/${id}`)).json);
  const items = await itemsOf(dev, id);
  const made = await traces(dir, id);
  const wrong = items.flatMap((item) => untruth(item, made.get(item.id) ?? []) ?? []);
  const known = new Set(items.map((item) => item.id));
  wrong.push(...[...made.keys()].filter((item) => !known.has(item)).map((item) => `${item}: no such item`));
  const states: Record<string, number> = {};
  for (const { state } of items) states[state] = (states[state] ?? 0) + 1;
  for (const [name, count] of Object.entries({ total: items.length, ...states }))
    if (operation.progress[name] !== count)
      wrong.push(`progress.${name} is ${operation.progress[name]}, not ${count}`);
  const ends: Record<string, number> = {};
  for (const { state, error } of items) {
    const end = error ? `${state} ${error.code}` : state;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return { total: items.length, wrong, ends };
}
