import { gunzipSync, gzipSync } from "node:zlib";
import * as z from "zod";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";
import type { Listing } from "./ask.ts";
import { Guest } from "./guest.ts";

/** A row of DynamoDB holds 400 kB. */
const CHUNK = 300_000;

const pk = (cluster: string) => `inventory#${cluster}`;

const Header = z.object({
  asOf: z.string(),
  chunks: z.number(),
  guests: z.number(),
  suspect: z.string().nullable(),
});
const Body = z.object({
  guests: z.array(Guest),
  nodes: z.array(z.object({ name: z.string(), online: z.boolean() })),
});

/** A listing as it was kept. `suspect` says since when Proxmox has shown too few guests to be believed. */
export interface Kept extends Listing {
  readonly suspect: string | null;
}

const chunkKey = (index: number) => `chunk#${String(index).padStart(3, "0")}`;

/** Keeps a listing; header and chunks change together. */
export async function save(world: World, cluster: string, listing: Kept): Promise<void> {
  const { guests, nodes, asOf, suspect } = listing;
  const packed = gzipSync(JSON.stringify({ guests, nodes })).toString("base64");
  const pieces = Array.from({ length: Math.ceil(packed.length / CHUNK) }, (_, index) =>
    packed.slice(index * CHUNK, (index + 1) * CHUNK),
  );
  const header = {
    pk: pk(cluster),
    sk: "header",
    asOf,
    chunks: pieces.length,
    guests: guests.length,
    suspect,
  };
  const chunks = pieces.map((data, index): Change => ({
    table: "State",
    put: { pk: pk(cluster), sk: chunkKey(index), asOf, data },
  }));
  await world.store.write([{ table: "State", put: header }, ...chunks]);
}

/** The listing kept last; undefined before the first, or when a newer one is being written over it. */
export async function load(world: World, cluster: string): Promise<Kept | undefined> {
  const rows = await world.store.query({ table: "State", pk: pk(cluster) });
  const header = rows.find((row) => row.sk === "header");
  if (!header) return undefined;
  const { asOf, chunks, suspect } = Header.parse(header);
  const pieces = rows.filter((row) => row.sk.startsWith("chunk#") && row["asOf"] === asOf).slice(0, chunks);
  if (pieces.length < chunks) return undefined;
  const packed = pieces.map((row) => String(row["data"])).join("");
  const body = Body.parse(JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")));
  return { ...body, asOf, suspect };
}
