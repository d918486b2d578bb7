import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { ask } from "./request.ts";
import { flag } from "./wire.ts";

const Held = z.tuple([z.string().startsWith("/"), z.record(z.string(), flag)]);

/** Each path with the privileges that hold there, and whether they do below as well; a key that is no path is none of Proxmox's. */
const Permissions = z.preprocess(
  (data) => (typeof data === "object" && data !== null && !Array.isArray(data) ? Object.entries(data) : data),
  z.array(Held),
);

const permissions = (proxmox: Proxmox) => proxmox.call(ask("GET /access/permissions", {}), Permissions);

/** How many of the guests of a cluster a credential sees; listings leave the others out without a word. */
export type Sight = "all" | "some" | "none";

/** What the credential sees of guests. Pure. */
export function sightIn(permissions: z.infer<typeof Permissions>): Sight {
  const audited = permissions.flatMap(([path, held]) => {
    const below = held["VM.Audit"];
    return below === undefined ? [] : [{ path, below }];
  });
  if (audited.some(({ path, below }) => below && (path === "/" || path === "/vms"))) return "all";
  return audited.some(({ path }) => /^\/(?:vms|pool)\/./.test(path)) ? "some" : "none";
}

/** Whether the credential sees the tasks of everybody on a node; of any other node it sees its own alone. Pure. */
function seesTasksIn(listed: z.infer<typeof Permissions>, node: string): boolean {
  const held = new Map(listed.map(([path, privileges]) => [path, privileges["Sys.Audit"]]));
  return held.get(`/nodes/${node}`) !== undefined || held.get("/nodes") === true || held.get("/") === true;
}

/** Asks whether the credential sees the tasks of everybody on a node. */
export const seesTasks = async (proxmox: Proxmox, node: string): Promise<boolean> =>
  seesTasksIn(await permissions(proxmox), node);

/** Asks what the credential sees of guests: a token without rights gets empty lists, never an error. */
export const sight = async (proxmox: Proxmox): Promise<Sight> => sightIn(await permissions(proxmox));

/** Whether the credential sees any storage. */
export const seesStorages = async (proxmox: Proxmox): Promise<boolean> =>
  (await permissions(proxmox)).some(([, held]) =>
    ["Datastore.Audit", "Datastore.AllocateSpace"].some((name) => name in held),
  );

/** The privileges that hold on a path, by the nearest listed one above it. */
function heldOn(listed: z.infer<typeof Permissions>, path: string): Set<string> {
  const known = new Map(listed);
  for (let at = path; ; at = at.slice(0, Math.max(1, at.lastIndexOf("/")))) {
    const held = known.get(at);
    const below = Object.entries(held ?? {}).filter(([, propagates]) => at === path || propagates);
    if (held || at === "/") return new Set(below.map(([name]) => name));
  }
}

/** Guests whose backups are asked about: one, or all that the credential sees; those of pools are listed one by one. */
const seenPaths = (listed: z.infer<typeof Permissions>, vmid: number | undefined) =>
  vmid === undefined
    ? listed.filter(([path, held]) => /^\/vms(?:\/|$)/.test(path) && "VM.Audit" in held).map(([path]) => path)
    : [`/vms/${vmid}`];

/**
 * What a credential lacks to see all the backups on these storages, of one guest or of all that it sees: a listing leaves the
 * others out without a word. Pure.
 */
function lacksForBackups(
  listed: z.infer<typeof Permissions>,
  storages: readonly string[],
  vmid?: number,
): string[] {
  const on = (storage: string) => heldOn(listed, `/storage/${storage}`);
  const limited = storages.filter((storage) => !on(storage).has("Datastore.Allocate"));
  if (limited.length === 0) return [];
  const closed = limited.filter((storage) => !on(storage).has("Datastore.AllocateSpace"));
  const paths = seenPaths(listed, vmid).filter((path) => !heldOn(listed, path).has("VM.Backup"));
  return [
    ...closed.map((storage) => `Datastore.AllocateSpace on /storage/${storage}`),
    ...paths.map((path) => `VM.Backup on ${path}`),
  ];
}

/** Asks what the credential lacks to see all the backups on these storages. */
export const backupsHidden = async (proxmox: Proxmox, storages: readonly string[], vmid?: number) =>
  lacksForBackups(await permissions(proxmox), storages, vmid);
