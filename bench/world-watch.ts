import { makerOf } from "../core/lib/marker.ts";
import type { Moved, Switched, Task } from "../test/kit/history.ts";
import type { Lab } from "../test/kit/lab.ts";

/** Lets what has just ended well have ended with a warning. */
function warn(tasks: Readonly<Record<string, Task>>): void {
  for (const task of Object.values(tasks)) if (task.exitstatus === "OK") task.exitstatus = "WARNINGS: 1";
}

/** Keeps when guests came to which nodes. */
function watchPlaces() {
  const moved: Moved[] = [];
  const places = new Map<number, string>();
  return {
    moved,
    look({ vmid, node }: { vmid: number; node: string }, { since, at }: { since: number; at: number }) {
      if (places.get(vmid) !== node) moved.push({ vmid, since, at, node });
      places.set(vmid, node);
    },
  };
}

/** Keeps what others do to guests. */
function others() {
  const undone = new Set<string>();
  return {
    /** Guests that somebody deleted. */
    lost: new Set<number>(),
    /** Guests in whose place a backup was to be restored. */
    replaced: new Set<number>(),
    /** Guests that somebody moved by hand. */
    astray: new Set<number>(),
    /** Guests whose node crashed: a start that worked may not show. */
    shaken: new Set<number>(),
    /** Items whose guest somebody deleted or replaced. */
    undone,
    /** To be called before a guest is deleted or replaced. */
    undo({ config }: { readonly config: Readonly<Record<string, string>> }) {
      const maker = makerOf(config["description"]);
      if (maker !== undefined) undone.add(maker);
    },
  };
}

/** Keeps what nobody else does: tasks that fall out of Proxmox's index, when guests were switched, what others did. */
export function watch({ simulator, clock }: Pick<Lab, "simulator" | "clock">) {
  const { state } = simulator;
  const switched: Switched[] = [];
  const status = new Map<number, string>();
  const places = watchPlaces();
  const old = new Set(Object.keys(state.tasks));
  const archive = new Map<string, Task>();
  const warnings = { on: false };
  const templates = new Set<number>();
  const lastLook = { at: clock.now().getTime() };
  const keep = () => {
    for (const task of Object.values(state.tasks)) if (!old.has(task.upid)) archive.set(task.upid, task);
  };
  return {
    look() {
      if (warnings.on) warn(state.tasks);
      const now = { since: lastLook.at, at: clock.now().getTime() };
      for (const guest of Object.values(state.guests)) {
        if (guest.config["template"] === "1") templates.add(guest.vmid);
        places.look(guest, now);
        if (status.get(guest.vmid) === guest.status) continue;
        status.set(guest.vmid, guest.status);
        switched.push({ vmid: guest.vmid, ...now, status: guest.status });
      }
      lastLook.at = now.at;
    },
    /** To be called before tasks are taken away. */
    keep,
    switched,
    moved: places.moved,
    /** While on, tasks end with warnings. */
    warnings,
    /** What callers were told. */
    answers: new Array<string>(),
    /** Guests that are templates, or were. */
    templates,
    ...others(),
    /** The tasks that our token started. */
    ownTasks: () => {
      keep();
      return [...archive.values()].filter((task) => task.tokenid !== undefined);
    },
  };
}
