import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { checkLock, noun, type Kind } from "../guest.ts";
import { askManager, dependentsOf, haResource, mayRunOn } from "../ha.ts";
import { hasStorage } from "../migration-facts.ts";
import { migrateGuest, type Migration } from "../migration.ts";
import { powerOff, powerOn } from "../power-state.ts";
import { died, invalid } from "../refusal.ts";
import type { Guest } from "../state.ts";
import { startTask } from "../task.ts";
import type { World } from "../world.ts";
import { guestOf } from "./guests.ts";
import { precondition } from "./migrate-report.ts";

function checkTargetStorage({ world, params, may }: Call, name: string): void {
  const target = params.text("target");
  for (const part of params
    .text(name)
    .split(/[,;\s]+/)
    .filter((one) => one !== "" && one !== "1")) {
    const storage = part.split(":").at(-1) ?? "";
    if (!world.state.storages[storage]) throw died(`storage '${storage}' does not exist`);
    if (!may(`/storage/${storage}`, "Datastore.AllocateSpace"))
      throw died(`Permission check failed (/storage/${storage}, Datastore.AllocateSpace)`);
    if (!hasStorage(world, storage, target))
      throw died(`storage '${storage}' is not available on node '${target}'`);
  }
}

function precheck(call: Call, kind: Kind): Guest {
  const { world, node, params } = call;
  const target = params.text("target");
  if (target === node) throw invalid({ target: "target is local node." });
  if (!world.state.nodes[target]) throw died(`no such cluster node '${target}'`);
  const guest = guestOf(call, kind);
  if (kind === "qemu") checkLock(guest);
  const live = params.flag("online") || (kind === "lxc" && params.flag("restart"));
  const how = kind === "lxc" ? "--online or --restart" : "--online";
  if (guest.status === "running" && !live) throw died(`can't migrate running ${noun(kind)} without ${how}`);
  checkTargetStorage(call, kind === "lxc" ? "target-storage" : "targetstorage");
  return guest;
}

function launch(world: World, guest: Guest, migration: Migration, user: string): string {
  const type = guest.kind === "qemu" ? "qmigrate" : "vzmigrate";
  const spec = { node: guest.node, type, id: String(guest.vmid), user };
  return startTask(world, spec, (task) => migrateGuest(world, guest, migration, task));
}

const RESTART_MS = [5000, 20_000] as const;

/** Starts a container again that was stopped to be moved: where it is by then, some seconds later, as root. */
async function startAgain(world: World, guest: Guest, upid: string): Promise<void> {
  const sleep = (milliseconds: number) => world.clock.sleep(milliseconds / world.speed);
  while (world.state.tasks[upid]?.endtime === undefined) await sleep(1000);
  await sleep(world.random.between(...RESTART_MS));
  const spec = { node: guest.node, type: "vzstart", id: String(guest.vmid), user: "root@pam" };
  startTask(world, spec, async (task) => {
    await task.work("start");
    powerOn(world, guest);
  });
}

/** The local resource manager knows the target alone: no local disks, no storages; a container is stopped and started again. */
function byManager(world: World, guest: Guest, target: string): void {
  if (!mayRunOn(world, guest, target)) return;
  const relocates = guest.kind === "lxc" && guest.status === "running";
  if (relocates) powerOff(world, guest);
  const manner = { withLocalDisks: false, restart: false, storages: "" };
  const upid = launch(world, guest, { target, ...manner }, "root@pam");
  if (relocates) void startAgain(world, guest, upid);
}

/** What rules keep together goes together. */
export function moveAll(world: World, guest: Guest, target: string): void {
  const others = dependentsOf(world, guest).flatMap(
    (sid) => world.state.guests[sid.split(":")[1] ?? ""] ?? [],
  );
  for (const one of [guest, ...others]) if (one.node !== target) byManager(world, one, target);
}

/** A guest under high availability is moved by the manager, later. */
const migrate =
  (kind: Kind): Handler =>
  (call) => {
    const { world, params } = call;
    const guest = precheck(call, kind);
    const user = signature(call.who);
    const target = params.text("target");
    const migration = {
      target,
      withLocalDisks: params.flag("with-local-disks"),
      restart: params.flag("restart"),
      storages: params.text(kind === "lxc" ? "target-storage" : "targetstorage"),
    };
    if (!haResource(world, guest)) return launch(world, guest, migration, user);
    const spec = { node: call.node, type: "hamigrate", id: String(guest.vmid), user };
    return askManager(world, guest, { spec, act: () => moveAll(world, guest, target) });
  };

/** Moving guests between nodes. */
export const migrateHandlers = (kind: Kind): Handlers => ({
  [`GET /nodes/{node}/${kind}/{vmid}/migrate`]: precondition(kind),
  [`POST /nodes/{node}/${kind}/{vmid}/migrate`]: migrate(kind),
});
