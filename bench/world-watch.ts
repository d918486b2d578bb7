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
    look({ vmid, node }: { vmid: number; node: string }, at: number) {
      if (places.get(vmid) !== node) moved.push({ vmid, at, node });
      places.set(vmid, node);
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
  const keep = () => {
    for (const task of Object.values(state.tasks)) if (!old.has(task.upid)) archive.set(task.upid, task);
  };
  return {
    look() {
      if (warnings.on) warn(state.tasks);
      const at = clock.now().getTime();
      for (const guest of Object.values(state.guests)) {
        if (guest.config["template"] === "1") templates.add(guest.vmid);
        places.look(guest, at);
        if (status.get(guest.vmid) === guest.status) continue;
        status.set(guest.vmid, guest.status);
        switched.push({ vmid: guest.vmid, at, status: guest.status });
      }
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
    /** Guests that somebody deleted. */
    lost: new Set<number>(),
    /** Guests in whose place a backup was to be restored. */
    replaced: new Set<number>(),
    /** Guests that somebody moved by hand. */
    astray: new Set<number>(),
    /** Guests whose node crashed: a start that worked may not show. */
    shaken: new Set<number>(),
    /** The tasks that our token started. */
    ownTasks: () => {
      keep();
      return [...archive.values()].filter((task) => task.tokenid !== undefined);
    },
  };
}
