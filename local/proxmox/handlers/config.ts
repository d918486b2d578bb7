import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { applyChange, changeOf, type Change } from "../config-change.ts";
import { typedConfig } from "../config-values.ts";
import { wishesOf } from "../disk.ts";
import { readDescription } from "../description.ts";
import { checkDigest, checkLock, digestOf, withConfigLock, type Kind } from "../guest.ts";
import { futureConfig } from "../pending.ts";
import { requireConfigRights } from "../config-rights.ts";
import { died } from "../refusal.ts";
import type { Guest } from "../state.ts";
import { requireTagRights } from "../tag-rights.ts";
import { startTask } from "../task.ts";
import { guestOf } from "./guests.ts";

function shown(call: Call, guest: Guest, kind: Kind): Record<string, unknown> {
  const { parent, lock, snapshots } = guest;
  const name = call.params.optional("snapshot");
  const snapshot = name === undefined ? undefined : snapshots[name];
  if (name !== undefined && !snapshot) throw died(`snapshot '${name}' does not exist`);
  const own = call.params.flag("current") ? guest.config : futureConfig(guest);
  const config = typedConfig(call.world, kind, snapshot?.config ?? own);
  if (!snapshot)
    return { ...config, digest: digestOf(guest), ...(parent && { parent }), ...(lock && { lock }) };
  const { description, snaptime } = snapshot;
  return {
    ...config,
    digest: digestOf(guest),
    snaptime,
    ...(description && { description: readDescription(kind, description) }),
  };
}

const read = (kind: Kind) => (call: Call) => shown(call, guestOf(call, kind), kind);

/** A configuration with what is pending. */
const pending = (kind: Kind) => (call: Call) => {
  const guest = guestOf(call, kind);
  const { parent, lock } = guest;
  const file = { digest: digestOf(guest), ...(parent && { parent }), ...(lock && { lock }) };
  const own = { ...typedConfig(call.world, kind, guest.config), ...file };
  const values = new Map<string, unknown>(Object.entries(own));
  const future = new Map<string, unknown>(Object.entries(typedConfig(call.world, kind, guest.pending ?? {})));
  return [...new Set([...values.keys(), ...future.keys()])].map((key) => ({
    key,
    ...(values.has(key) && { value: values.get(key) }),
    ...(future.has(key) && { pending: future.get(key) }),
    ...(guest.dropped?.includes(key) && { delete: 1 }),
  }));
};

const nothing = (names: readonly string[]) =>
  Object.fromEntries(names.map((name): [string, string] => [name, ""]));

/** As they were sent, not as they will be stored: a registered tag in another spelling is a change of it. */
function checkTags(call: Call, guest: Guest, { remove, set }: Change): void {
  const sent = set.tags === undefined ? undefined : call.params.text("tags");
  if (sent !== undefined || remove.includes("tags")) requireTagRights(call, guest.config.tags, sent);
}

/** Changes at once, holding the lock on the configuration file. */
function put(kind: Kind) {
  return async (call: Call): Promise<null> => {
    const change = changeOf(call, kind);
    requireConfigRights(call, kind, { ...change.set, ...nothing(change.remove) });
    const vmid = call.params.number("vmid");
    guestOf(call, kind);
    await withConfigLock(call.world, { kind, vmid }, () => {
      const guest = guestOf(call, kind);
      checkDigest(guest, call.params.optional("digest"));
      checkTags(call, guest, change);
      applyChange(call.world, guest, change, call.params);
    });
    return null;
  };
}

/** The same in a task; a small change ends before the answer and then has no UPID. */
function post(call: Call): string {
  const change = changeOf(call, "qemu");
  requireConfigRights(call, "qemu", { ...change.set, ...nothing(change.remove) });
  wishesOf(call.world, change.set, call.node);
  const { world, node, params } = call;
  const guest = guestOf(call, "qemu");
  checkDigest(guest, params.optional("digest"));
  checkLock(guest);
  const spec = { node, type: "qmconfig", id: params.text("vmid"), user: signature(call.who) };
  return startTask(world, spec, (task) =>
    withConfigLock(world, { kind: "qemu", vmid: guest.vmid }, async () => {
      checkTags(call, guestOf(call, "qemu"), change);
      applyChange(world, guestOf(call, "qemu"), change, params);
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
