import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { NOT_CONFIG, normalTags, ROOT_ONLY, typedConfig } from "../config-values.ts";
import { checkDigest, checkLock, digestOf, withConfigLock, type Kind } from "../guest.ts";
import { died, invalid } from "../refusal.ts";
import type { Config, Guest } from "../state.ts";
import { startTask } from "../task.ts";
import { guestOf } from "./guests.ts";

function shown(call: Call, guest: Guest, kind: Kind): Record<string, unknown> {
  const { parent, lock, snapshots } = guest;
  const name = call.params.optional("snapshot");
  const snapshot = name === undefined ? undefined : snapshots[name];
  if (name !== undefined && !snapshot) throw died(`snapshot '${name}' does not exist`);
  const config = typedConfig(call.world, kind, snapshot?.config ?? guest.config);
  if (!snapshot)
    return { ...config, digest: digestOf(guest), ...(parent && { parent }), ...(lock && { lock }) };
  const { description, snaptime } = snapshot;
  return { ...config, digest: digestOf(guest), snaptime, ...(description && { description }) };
}

const read = (kind: Kind) => (call: Call) => shown(call, guestOf(call, kind), kind);

/** A configuration with what is pending; this simulator applies everything at once. */
const pending = (kind: Kind) => (call: Call) => {
  const guest = guestOf(call, kind);
  const values = { ...typedConfig(call.world, kind, guest.config), digest: digestOf(guest) };
  return Object.entries(values).map(([key, value]) => ({ key, value }));
};

interface Change {
  readonly set: Config;
  readonly remove: readonly string[];
}

function changeOf(call: Call): Change {
  const { params, who } = call;
  const set = params.without(NOT_CONFIG);
  const remove = params.list("delete");
  const forbidden = [...Object.keys(set), ...remove].find((name) => ROOT_ONLY.includes(name));
  if (params.has("skiplock") && (who.token || who.user !== "root@pam"))
    throw invalid({ skiplock: "Only root may use this option." });
  if (forbidden && (who.token || who.user !== "root@pam"))
    throw died(`only root can set '${forbidden}' config`);
  if (remove.length === 0 && Object.keys(set).length === 0 && !params.has("revert"))
    throw died("no options specified");
  if (set.tags !== undefined) set.tags = normalTags(set.tags);
  return { set, remove };
}

function apply(call: Call, guest: Guest, change: Change): void {
  checkDigest(guest, call.params.optional("digest"));
  if (!call.params.flag("skiplock")) checkLock(guest);
  for (const name of change.remove) {
    if (name === "lock") delete guest.lock;
    delete guest.config[name];
  }
  const { lock, ...set } = change.set;
  if (lock) guest.lock = lock;
  Object.assign(guest.config, set);
  if (guest.config.description === "") delete guest.config.description;
  call.world.touch();
}

/** Changes at once, holding the lock on the configuration file. */
function put(kind: Kind) {
  return async (call: Call): Promise<null> => {
    const change = changeOf(call);
    const vmid = call.params.number("vmid");
    guestOf(call, kind);
    await withConfigLock(call.world, { kind, vmid }, () => apply(call, guestOf(call, kind), change));
    return null;
  };
}

/** The same in a task; a small change ends before the answer and then has no UPID. */
function post(call: Call): string {
  const change = changeOf(call);
  const { world, node, params } = call;
  const guest = guestOf(call, "qemu");
  checkDigest(guest, params.optional("digest"));
  checkLock(guest);
  const spec = { node, type: "qmconfig", id: params.text("vmid"), user: signature(call.who) };
  return startTask(world, spec, (task) =>
    withConfigLock(world, { kind: "qemu", vmid: guest.vmid }, async () => {
      apply(call, guestOf(call, "qemu"), change);
      await task.work("config");
    }),
  );
}

/** Reading and changing the configuration of one kind of guest. */
export const configHandlers = (kind: Kind): Handlers => ({
  [`GET /nodes/{node}/${kind}/{vmid}/config`]: read(kind),
  [`GET /nodes/{node}/${kind}/{vmid}/pending`]: pending(kind),
  [`PUT /nodes/{node}/${kind}/{vmid}/config`]: put(kind),
  ...(kind === "qemu" && { "POST /nodes/{node}/qemu/{vmid}/config": post }),
});
