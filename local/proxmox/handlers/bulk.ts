import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { isTemplate, withConfigLock } from "../guest.ts";
import { shutdown, start, stop, suspend, type PowerWork } from "../power.ts";
import { invalid } from "../refusal.ts";
import type { Guest } from "../state.ts";
import { startTask, type TaskRun } from "../task.ts";

interface Wave {
  /** The task's type on one node and, from 9.1 on, for the whole cluster. */
  readonly type: string;
  readonly verb: string;
  readonly work: PowerWork;
  readonly wants: (call: Call, guest: Guest) => boolean;
}

const runs = (guest: Guest) => guest.status === "running";
const starts = (call: Call, guest: Guest) =>
  !runs(guest) && !isTemplate(guest) && (call.params.flag("force") || guest.config.onboot === "1");

/** A guest that does not go down is stopped, as long as nobody forbids it. */
const halt: PowerWork = async (job) => {
  try {
    await shutdown(job);
  } catch {
    if (job.params.optional("force-stop") !== "0") await stop(job);
  }
};

const ON_NODE: readonly (Wave & { readonly name: string })[] = [
  { name: "startall", type: "startall", verb: "Starting", work: start, wants: starts },
  { name: "stopall", type: "stopall", verb: "Stopping", work: halt, wants: (_, guest) => runs(guest) },
  {
    name: "suspendall",
    type: "suspendall",
    verb: "Suspending",
    work: suspend,
    wants: (_, guest) => runs(guest),
  },
];

const meant = (call: Call): Guest[] => {
  const named = new Set(call.params.list("vms"));
  return Object.values(call.world.state.guests).filter(
    ({ vmid }) => named.size === 0 || named.has(String(vmid)),
  );
};

async function act(call: Call, wave: Wave, guests: readonly Guest[], task: TaskRun): Promise<void> {
  const { world, params } = call;
  for (const guest of guests) {
    task.log(`${wave.verb} ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid}`);
    try {
      await withConfigLock(world, guest, () => wave.work({ world, guest, task, params }));
    } catch (error) {
      if (error instanceof Error && error.message === "received interrupt") throw error;
      task.warn(error instanceof Error ? error.message : String(error));
    }
  }
}

const onNode =
  (wave: Wave): Handler =>
  (call) => {
    const { world, node, who } = call;
    return startTask(world, { node, type: wave.type, id: "", user: signature(who) }, (task) => {
      const guests = meant(call).filter((guest) => guest.node === node && wave.wants(call, guest));
      return act(call, wave, guests, task);
    });
  };

/** Guests that are already as they should be are skipped with a warning; unknown ones in silence. */
const everywhere =
  (wave: Wave, done: (guest: Guest) => string | undefined): Handler =>
  (call) => {
    const { world, node, who } = call;
    return startTask(world, { node, type: wave.type, id: "", user: signature(who) }, async (task) => {
      const guests = meant(call);
      task.log(`${wave.verb} guests: ${guests.map(({ vmid }) => vmid).join(", ")}`);
      for (const guest of guests) {
        const state = done(guest);
        if (state) task.warn(`Skipping VM ${guest.vmid}, ${state}.`);
      }
      await act(
        call,
        wave,
        guests.filter((guest) => !done(guest)),
        task,
      );
    });
  };

const stopped = (guest: Guest) => (runs(guest) ? undefined : "not running");
const everyone = () => true;

function migrateAll(call: Call): string {
  const { world, node, params, who } = call;
  if (params.text("target") === node) throw invalid({ target: "target is local node." });
  return startTask(world, { node, type: "migrateall", id: "", user: signature(who) }, async (task) => {
    await task.work("migrate");
    for (const guest of meant(call).filter((one) => one.node === node)) guest.node = params.text("target");
    world.touch();
  });
}

const BULK = "/cluster/bulk-action/guest";

/** Many guests at once, of one node or of the cluster. */
export const bulkHandlers: Handlers = {
  ...Object.fromEntries(ON_NODE.map((wave) => [`POST /nodes/{node}/${wave.name}`, onNode(wave)])),
  "POST /nodes/{node}/migrateall": migrateAll,
  [`POST ${BULK}/start`]: everywhere(
    { type: "bulk-start", verb: "Starting", work: start, wants: everyone },
    (guest) => (runs(guest) ? "already running" : undefined),
  ),
  [`POST ${BULK}/shutdown`]: everywhere(
    { type: "bulk-shutdown", verb: "Stopping", work: halt, wants: everyone },
    stopped,
  ),
  [`POST ${BULK}/suspend`]: everywhere(
    { type: "bulk-suspend", verb: "Suspending", work: suspend, wants: everyone },
    stopped,
  ),
};
