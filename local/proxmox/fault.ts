import * as z from "zod";
import type { SimulatorRequest } from "./request.ts";

const Match = z.object({
  method: z.string().optional(),
  /** A template ("/nodes/{node}/qemu/{vmid}/snapshot"), a path, or either with `*` for any text. */
  path: z.string().optional(),
  vmid: z.number().optional(),
  node: z.string().optional(),
  /** Skips the first n - 1 matching requests. */
  nth: z.number().int().min(1).optional(),
  /** Works so many times; for ever when absent. */
  times: z.number().int().min(1).optional(),
});

/** What goes wrong with a request: docs/simulator.md has the table. `cut-before`: it never worked; `cut-after`: it
 * worked but nobody heard; `active-lock`: nobody can tell, so `effect` decides. */
export const Fault = z.discriminatedUnion("do", [
  z.object({ match: Match, do: z.literal("cut-before") }),
  z.object({ match: Match, do: z.literal("cut-after") }),
  z.object({ match: Match, do: z.literal("delay"), milliseconds: z.number().min(0) }),
  z.object({
    match: Match,
    do: z.literal("answer"),
    status: z.number().int(),
    reason: z.string(),
    body: z.string().optional(),
    /** Answers so although the request worked. */
    after: z.boolean().optional(),
  }),
  z.object({ match: Match, do: z.literal("no-worker-upid") }),
  z.object({ match: Match, do: z.literal("active-lock"), effect: z.boolean().optional() }),
  z.object({ match: Match, do: z.literal("too-many-redirections"), after: z.boolean().optional() }),
  z.object({
    match: Match,
    do: z.enum(["huge-body", "deep-body", "html", "wrong-types", "proto", "upid-traversal", "broken-json"]),
    bytes: z.number().int().min(1).optional(),
  }),
]);
export type Fault = z.infer<typeof Fault>;

interface Placed {
  readonly id: number;
  readonly fault: Fault;
  seen: number;
}

/** What a fault is matched against. */
export interface Aim {
  readonly request: SimulatorRequest;
  readonly path: string;
  readonly template?: string | undefined;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Faults that tests place in the way of requests. */
export interface Faults {
  add(fault: Fault): number;
  remove(id: number): void;
  clear(): void;
  list(): readonly Fault[];
  /** The faults that strike this request; counts it for `nth` and `times`. */
  strike(aim: Aim): readonly Fault[];
}

const glob = (pattern: string) =>
  new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`).replaceAll("*", ".*")}$`);

function aimed(match: Fault["match"], aim: Aim): boolean {
  const { method, path, vmid, node } = match;
  if (method && method !== aim.request.method) return false;
  if (path && path !== aim.template && !glob(path).test(aim.path) && !glob(path).test(aim.template ?? ""))
    return false;
  if (vmid !== undefined && String(aim.values.vmid) !== String(vmid)) return false;
  return !node || node === (aim.values.node ?? aim.request.via);
}

function strikes(placed: Placed, aim: Aim): boolean {
  if (!aimed(placed.fault.match, aim)) return false;
  placed.seen += 1;
  const first = placed.fault.match.nth ?? 1;
  const times = placed.fault.match.times ?? (placed.fault.match.nth ? 1 : Infinity);
  return placed.seen >= first && placed.seen < first + times;
}

export function faults(): Faults {
  let placed: Placed[] = [];
  let last = 0;
  return {
    add(fault) {
      last += 1;
      placed.push({ id: last, fault, seen: 0 });
      return last;
    },
    remove(id) {
      placed = placed.filter((one) => one.id !== id);
    },
    clear() {
      placed = [];
    },
    list: () => placed.map(({ fault }) => fault),
    strike: (aim) => placed.filter((one) => strikes(one, aim)).map(({ fault }) => fault),
  };
}
