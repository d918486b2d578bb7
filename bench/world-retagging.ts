import { deepEqual } from "node:assert/strict";
import { OperationRow } from "../core/operation/operation.ts";
import * as PowerManyRoute from "../functions/api/bulk/power.ts";
import * as StopRoute from "../functions/api/vms/stop.ts";
import * as AddRoute from "../functions/api/vms/tags/add.ts";
import type { Dice } from "./lib/dice.ts";
import { diceFor } from "./world-hazards.ts";
import { insist } from "./world-insist.ts";
import type { Stage } from "./world-stage.ts";
import { operationOf, type Interruption } from "./world-tags.ts";

const guestsOf = ({ simulator }: Stage) => Object.values(simulator.state.guests).map(({ vmid }) => vmid);

/** Changes the tags of some guests in Proxmox itself. */
async function inProxmox(world: Stage, dice: Dice): Promise<void> {
  const vmids = dice.some(guestsOf(world), dice.between(1, 6));
  for (const vmid of vmids) world.retag(vmid);
  world.tell(`somebody changes tags of ${vmids.join(" ")}`);
}

/** Protects a guest through Moxxie. */
async function throughMoxxie(world: Stage, dice: Dice): Promise<void> {
  const [vmid = 0] = dice.some(guestsOf(world), 1);
  world.tell(`${vmid} is to be always on`);
  await insist(world, AddRoute, {
    path: { cluster: "main", vmid },
    body: { tags: ["always-on"], override: true },
  });
}

/** Asks for what interrupts guests, and sets no rule aside. */
async function interrupt(world: Stage, dice: Dice): Promise<void> {
  const vmids = dice.some(guestsOf(world), dice.between(1, 8));
  world.tell(`stop ${vmids.join(" ")}`);
  const [vmid = 0] = vmids;
  if (vmids.length === 1) await insist(world, StopRoute, { path: { cluster: "main", vmid }, body: {} });
  else {
    const action = dice.one(["stop", "shutdown", "reboot", "reset"]);
    await insist(world, PowerManyRoute, { body: { select: { vmids }, action } });
  }
}

/** A person who changes tags all the time while guests are stopped, in bulk and one by one. */
export function retagging(world: Stage, length: number) {
  const dice = diceFor(world.seed, "retagging");
  const some = (count: number, what: typeof inProxmox) =>
    Array.from({ length: count }, () => {
      const own = dice.apart();
      return { at: dice.between(0, length), happen: () => what(world, own) };
    });
  return [
    ...some(dice.between(4, 10), inProxmox),
    ...some(dice.between(1, 3), throughMoxxie),
    ...some(dice.between(2, 5), interrupt),
  ];
}

/** Whether these tags keep Moxxie from interrupting a guest that runs, in an operation like this. */
function protect(tags: readonly string[], { bulk, override, jobId, kind }: OperationRow): boolean {
  const isAlwaysOn = tags.some((tag) => tag.toLowerCase() === "always-on");
  if (isAlwaysOn && (bulk || !override)) return true;
  if (jobId !== null && kind === "bulk.power" && !tags.includes("maint-ok")) return true;
  return !tags.includes("moxxie") && !override;
}

/** I12: no guest was interrupted that had been protected for as long as a look may be old. */
export function checkInterruptions({ store, interruptions }: Stage): void {
  const isForbidden = (one: Interruption) => {
    const row = OperationRow.parse(store.peek("History", { pk: `op#${operationOf(one)}`, sk: "operation" }));
    return one.tags.every((tags) => protect(tags, row));
  };
  deepEqual(interruptions.filter(isForbidden), [], "I12: a guest that was protected is interrupted");
}
