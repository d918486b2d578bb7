import * as z from "zod";
import { GuestTrouble, inflictOnGuest } from "./guest-trouble.ts";
import { rebootNode } from "./reboot.ts";
import type { Storage } from "./state.ts";
import { TaskExit } from "./task-exit.ts";
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
  z.object({ do: z.literal("storage-full"), storage: z.string(), on }),
  z.object({ do: z.literal("storage-type"), storage: z.string(), type: z.string() }),
  TaskExit.extend({ do: z.literal("task-exit"), on }),
  ...GuestTrouble.options,
]);
export type Trouble = z.input<typeof Trouble>;

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

function storageOf(world: World, name: string): Storage {
  const storage = world.state.storages[name];
  if (!storage) throw new Error(`no storage ${name}`);
  return storage;
}

/** The latest order for tasks of a type, or of a type and a guest, stands alone. */
function setExit({ state }: World, exit: TaskExit, wanted: boolean): void {
  const others = (state.exits ?? []).filter(({ type, vmid }) => type !== exit.type || vmid !== exit.vmid);
  state.exits = wanted ? [...others, exit] : others;
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
    case "storage-full":
      storageOf(world, trouble.storage).full = trouble.on;
      return;
    case "storage-type":
      storageOf(world, trouble.storage).type = trouble.type;
      return;
    case "task-exit":
      return setExit(world, TaskExit.parse(trouble), trouble.on);
    case "agent":
    case "fsfreeze-stuck":
    case "qmpstatus":
    case "stale-lock":
      return inflictOnGuest(world, trouble);
  }
}
