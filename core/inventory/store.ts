import * as z from "zod";
import type { World } from "../context.ts";
import type { Reading } from "../db/index.ts";
import { bucketOf, figuresOf, unpackFigures, unpackProfiles } from "./bucket.ts";
import type { Guest, Profile } from "./guest.ts";
import type { Listing } from "./listing.ts";
import { recallProfiles } from "./recall.ts";

/** The partition of a cluster's inventory. */
export const pk = (cluster: string) => `inventory#${cluster}`;

/**
 * What is known of a listing without its guests. `digests` names each bucket that there is, so that only those are
 * written which change. `rev` grows with every write: of two listings at once only one is kept.
 */
const Header = z.object({
  asOf: z.string(),
  figuresAt: z.string(),
  rev: z.number(),
  guests: z.number(),
  suspect: z.string().nullable(),
  nodes: z.array(z.object({ name: z.string(), online: z.boolean() })),
  digests: z.record(z.string(), z.string()),
  /** What the token could see when guests were missing. */
  sight: z.enum(["all", "some", "none"]),
  /** When it was asked for that; null before the first time. */
  sightAt: z.string().nullable(),
  /** Whether Moxxie has changed something that no listing has shown yet. */
  outdated: z.boolean(),
  /** Why the cluster cannot be listed, and since when; null while it can. */
  failure: z.object({ since: z.string(), code: z.string(), detail: z.string() }).nullable(),
});
export type Header = z.infer<typeof Header>;

/** A listing as it was kept. `suspect` says since when Proxmox has shown too few guests to be believed. */
export interface Kept extends Listing, Pick<Header, "suspect" | "sight" | "failure" | "outdated"> {
  readonly untold: Untold;
}

/** Of how many guests Proxmox tells the place only: of some it never told more, of others the oldest is as of then. */
export interface Untold {
  readonly never: number;
  readonly old: number;
  readonly oldest: string | null;
}

/** Pure. */
export function untoldOf(guests: readonly Profile[]): Untold {
  const ages = guests.flatMap(({ toldAt }) => toldAt ?? []).toSorted();
  const never = guests.filter(({ unknown }) => unknown?.includes("tags")).length;
  return { never, old: ages.length, oldest: ages[0] ?? null };
}

/** Figures of the moment, where nobody tells them. */
export const NO_FIGURES = { cpuUsage: null, memoryUsedBytes: null, uptimeSeconds: null };

/** When a cluster was listed last, and how it was; undefined before the first time. */
export async function loadHeader(world: World, cluster: string, how?: Reading): Promise<Header | undefined> {
  return Header.safeParse(await world.store.get("State", { pk: pk(cluster), sk: "header" }, how)).data;
}

/** Whether a guest is wanted at all; those that are not cost neither figures nor an object of their own. */
export type Where = (profile: Profile) => boolean;

/** The listing kept last, with the guests that are wanted; undefined before the first, and while a part of it is missing. */
export async function load(
  world: World,
  cluster: string,
  where: Where = () => true,
): Promise<Kept | undefined> {
  const rows = await world.store.query({ table: "State", pk: pk(cluster) });
  const header = Header.safeParse(rows.find((row) => row.sk === "header")).data;
  if (!header) return undefined;
  const packed = (prefix: string) =>
    rows.filter(({ sk }) => sk.startsWith(`${prefix}#`)).map(({ data }) => z.string().parse(data));
  const profiles = packed("guests").flatMap((data) => recallProfiles(cluster, data));
  if (profiles.length !== header.guests) return undefined;
  const wanted = profiles.filter(where);
  const vmids = new Set(wanted.map(({ vmid }) => vmid));
  const figures = new Map(
    packed("figures")
      .flatMap((data) => unpackFigures(data, vmids))
      .map((one) => [one.vmid, one]),
  );
  const guests = wanted
    .map((profile): Guest => ({ ...profile, ...NO_FIGURES, ...figures.get(profile.vmid) }))
    .toSorted((a, b) => a.vmid - b.vmid);
  const { nodes, asOf, suspect, sight, failure, outdated } = header;
  return { guests, nodes, asOf, suspect, sight, failure, outdated, untold: untoldOf(profiles) };
}

/** One guest as the inventory knows it, without its figures: one small row. */
export async function loadProfile(
  world: World,
  cluster: string,
  vmid: number,
  how?: Reading,
): Promise<Profile | undefined> {
  const row = await world.store.get("State", { pk: pk(cluster), sk: bucketOf(vmid) }, how);
  if (!row) return undefined;
  return unpackProfiles(cluster, z.string().parse(row["data"])).find((guest) => guest.vmid === vmid);
}

/** One guest with its figures. */
export async function loadGuest(world: World, cluster: string, vmid: number): Promise<Guest | undefined> {
  const keys = [bucketOf(vmid), figuresOf(vmid)].map((sk) => ({ pk: pk(cluster), sk }));
  const rows = await world.store.getMany("State", keys);
  const [profiles, figures] = keys.map(({ sk }) => rows.find((row) => row.sk === sk)?.["data"]);
  const isIt = (one: { vmid: number }) => one.vmid === vmid;
  const only = { has: (other: number) => other === vmid };
  const profile =
    profiles === undefined ? undefined : unpackProfiles(cluster, z.string().parse(profiles)).find(isIt);
  const seen = figures === undefined ? undefined : unpackFigures(z.string().parse(figures), only)[0];
  return profile && { ...profile, ...NO_FIGURES, ...seen };
}
