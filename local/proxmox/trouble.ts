import * as z from "zod";
import { rebootNode } from "./reboot.ts";
import type { Guest } from "./state.ts";
import { seconds, type World } from "./world.ts";

const on = z.boolean().default(true);

/** What can be wrong with the cluster itself; `on: false` mends what can be mended. */
export const Trouble = z.discriminatedUnion("do", [
  z.object({ do: z.literal("node-offline"), node: z.string(), on }),
  z.object({ do: z.literal("no-quorum"), on }),
  z.object({ do: z.literal("reboot"), node: z.string() }),
  z.object({ do: z.literal("token-revoked"), token: z.string() }),
  /** Takes the entries on this path, or all, from everybody or from the one named. */
  z.object({ do: z.literal("acl-removed"), path: z.string().optional(), ugid: z.string().optional() }),
  z.object({ do: z.literal("stale-lock"), vmid: z.number(), lock: z.string().default("snapshot"), on }),
  z.object({ do: z.literal("storage-full"), storage: z.string(), on }),
  z.object({ do: z.literal("fsfreeze-stuck"), vmid: z.number(), on }),
]);
export type Trouble = z.input<typeof Trouble>;

function guestOf(world: World, vmid: number): Guest {
  const guest = world.state.guests[vmid];
  if (!guest) throw new Error(`no guest ${vmid}`);
  return guest;
}

function freeze(world: World, vmid: number, stuck: boolean): void {
  const guest = guestOf(world, vmid);
  if (stuck) guest.stuck = true;
  else delete guest.stuck;
}

function lock(world: World, vmid: number, name: string | undefined): void {
  const guest = guestOf(world, vmid);
  if (name === undefined) delete guest.lock;
  else guest.lock = name;
}

function removeAcl(world: World, path: string | undefined, ugid: string | undefined): void {
  world.state.acls = world.state.acls.filter(
    (acl) => (path !== undefined && acl.path !== path) || (ugid !== undefined && acl.ugid !== ugid),
  );
}

/** Takes a node off the network or brings it back. */
export function setOnline(world: World, name: string, online: boolean): void {
  const node = world.state.nodes[name];
  if (!node) return;
  node.online = online;
  if (online) delete node.lostAt;
  else node.lostAt ??= seconds(world);
}

function cutOff(world: World, name: string, offline: boolean): void {
  if (!world.state.nodes[name]) throw new Error(`no node ${name}`);
  setOnline(world, name, !offline);
}

function fill(world: World, name: string, full: boolean): void {
  const storage = world.state.storages[name];
  if (!storage) throw new Error(`no storage ${name}`);
  storage.full = full;
}

/** Makes the trouble, or ends it. */
export function inflict(world: World, wish: Trouble): void {
  const trouble = Trouble.parse(wish);
  switch (trouble.do) {
    case "node-offline":
      return cutOff(world, trouble.node, trouble.on);
    case "no-quorum":
      world.state.quorate = !trouble.on;
      return;
    case "reboot":
      return rebootNode(world, trouble.node);
    case "token-revoked":
      delete world.state.tokens[trouble.token];
      return;
    case "acl-removed":
      return removeAcl(world, trouble.path, trouble.ugid);
    case "stale-lock":
      return lock(world, trouble.vmid, trouble.on ? trouble.lock : undefined);
    case "storage-full":
      return fill(world, trouble.storage, trouble.on);
    case "fsfreeze-stuck":
      return freeze(world, trouble.vmid, trouble.on);
  }
}
