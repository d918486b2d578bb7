import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { ROOT_ONLY, typedConfig } from "../config-values.ts";
import { readDescription } from "../description.ts";
import { digestOf, guestOn, missingConfig, type Kind } from "../guest.ts";
import { died } from "../refusal.ts";
import { rollBack } from "../rollback.ts";
import { remove, take } from "../snapshot.ts";
import type { Guest, Snapshot } from "../state.ts";
import { startTask, type TaskRun } from "../task.ts";
import { guestOf } from "./guests.ts";

const RESERVED: Readonly<Record<Kind, readonly string[]>> = {
  qemu: ["current", "pending"],
  lxc: ["current", "vzdump"],
};

const optionalFields = ({ parent, snapstate }: Snapshot) => ({
  ...(parent && { parent }),
  ...(snapstate && { snapstate }),
});

const listed = (kind: Kind) => (call: Call) => {
  const guest = guestOf(call, kind);
  const rows = Object.entries(guest.snapshots).map(([name, snapshot]) => ({
    name,
    description: snapshot.description ? readDescription(kind, snapshot.description) : "",
    snaptime: snapshot.snaptime,
    ...(kind === "qemu" && { vmstate: snapshot.vmstate ? 1 : 0 }),
    ...optionalFields(snapshot),
  }));
  const running = kind === "qemu" ? { running: guest.status === "running" ? 1 : 0 } : {};
  const parent = guest.parent ? { parent: guest.parent } : {};
  const current = {
    name: "current",
    description: "You are here!",
    digest: digestOf(guest),
    ...running,
    ...parent,
  };
  return [...rows, current];
};

/** Runs in a task of this type; a guest that is not there is seen in the task only. */
function inTask(
  kind: Kind,
  suffix: string,
  work: (call: Call, guest: Guest, task: TaskRun) => Promise<void>,
): Handler {
  return (call) => {
    const { world, node, params } = call;
    const vmid = params.number("vmid");
    const type = `${kind === "qemu" ? "qm" : "vz"}${suffix}`;
    return startTask(world, { node, type, id: String(vmid), user: signature(call.who) }, async (task) => {
      const guest = guestOn(world, node, kind, vmid);
      if (!guest) throw died(missingConfig(node, kind, vmid));
      await work(call, guest, task);
      world.touch();
    });
  };
}

const taking = (kind: Kind) =>
  inTask(kind, "snapshot", ({ world, params }, guest, task) => {
    const request = {
      name: params.text("snapname"),
      description: params.text("description"),
      vmstate: params.flag("vmstate"),
    };
    return take(world, guest, request, task);
  });

function create(kind: Kind): Handler {
  const start = taking(kind);
  return (call) => {
    const name = call.params.text("snapname");
    if (RESERVED[kind].includes(name)) throw died(`unable to use snapshot name '${name}' (reserved name)`);
    guestOf(call, kind);
    return start(call);
  };
}

function named(call: Call, kind: Kind): Snapshot {
  const name = call.params.text("snapname");
  const snapshot = guestOf(call, kind).snapshots[name];
  if (!snapshot) throw died(`snapshot '${name}' does not exist`);
  return snapshot;
}

const config = (kind: Kind) => (call: Call) => {
  const { description, snaptime, ...snapshot } = named(call, kind);
  const values = typedConfig(call.world, kind, snapshot.config);
  return {
    ...values,
    snaptime,
    ...(description && { description: readDescription(kind, description) }),
    ...optionalFields({ ...snapshot, snaptime }),
  };
};

/** Only the description can be changed; a call without any change is fine. */
const update = (kind: Kind) => (call: Call) => {
  const snapshot = named(call, kind);
  const forbidden = call.params.list("delete").find((name) => ROOT_ONLY.includes(name));
  if (forbidden) throw died(`only root can set '${forbidden}' config`);
  if (call.params.has("description")) snapshot.description = call.params.text("description");
  call.world.touch();
  return null;
};

const index = () => ["config", "rollback"].map((cmd) => ({ cmd }));

/** Snapshots of one kind of guest. */
export function snapshotHandlers(kind: Kind): Handlers {
  const base = `/nodes/{node}/${kind}/{vmid}/snapshot`;
  return {
    [`GET ${base}`]: listed(kind),
    [`POST ${base}`]: create(kind),
    [`GET ${base}/{snapname}`]: index,
    [`DELETE ${base}/{snapname}`]: inTask(kind, "delsnapshot", ({ world, params }, guest, task) =>
      remove(world, guest, params.text("snapname"), task),
    ),
    [`GET ${base}/{snapname}/config`]: config(kind),
    [`PUT ${base}/{snapname}/config`]: update(kind),
    [`POST ${base}/{snapname}/rollback`]: inTask(kind, "rollback", ({ world, params }, guest, task) =>
      rollBack(world, guest, { name: params.text("snapname"), start: params.flag("start") }, task),
    ),
  };
}
