import type { Drive } from "./create-disk.ts";
import type { Todo } from "./create-detail.ts";
import type { VmInput } from "./create-input.ts";

/** How long the agent of a guest is waited for, unless the caller says how long. */
const READY_SECONDS = 300;

interface Wanted {
  readonly start: boolean;
  readonly readyWithin?: number | undefined;
  /** Whether there is an agent that could tell that the guest is up. */
  readonly agent: boolean;
}

/** Start and readiness, as far as they are wanted; without an agent nobody can tell of the latter. */
export function startTodos({ start, readyWithin, agent }: Wanted): Todo[] {
  const seconds = readyWithin ?? (agent ? READY_SECONDS : 0);
  if (!start) return [];
  return [{ step: "start" }, ...(seconds > 0 ? [{ step: "ready" as const, seconds }] : [])];
}

/** Protection comes after all that may fail: a protected guest could not be taken away again. */
export const protectTodos = (wanted: boolean): Todo[] =>
  wanted ? [{ step: "configure", set: { protection: true } }] : [];

/** What follows the creation of a VM: imported disks grow to their sizes, then it is started. An empty one has no agent to wait for. */
export function todosOf(input: VmInput, drives: readonly Drive[]): Todo[] {
  const { start, readyWithin, agent, protection } = input;
  const imported = drives.filter(({ disk }) => disk.importFrom !== undefined);
  const grown = imported.flatMap(({ name, disk }): Todo[] =>
    disk.sizeBytes === undefined ? [] : [{ step: "grow", disk: name, bytes: disk.sizeBytes }],
  );
  const late = grown.length > 0 && protection;
  return [
    ...grown,
    ...protectTodos(late),
    ...startTodos({ start, readyWithin, agent: agent && imported.length > 0 }),
  ];
}
