import { deflateRawSync, inflateRawSync } from "node:zlib";
import * as z from "zod";
import { sha256 } from "../lib/canonical.ts";
import { Guest, Profile } from "./guest.ts";

/**
 * Guests are kept in buckets by VMID, so that one of them is read without the others: of 10 000 guests a bucket holds
 * about 80 in 2 kB. A prime, since people number in tens and hundreds.
 */
const BUCKETS = 127;
/** Figures are written all together, so few rows are enough. */
const FIGURE_ROWS = 7;

const pack = (value: unknown) => deflateRawSync(JSON.stringify(value)).toString("base64");
const unpack = (data: string): unknown =>
  JSON.parse(inflateRawSync(Buffer.from(data, "base64")).toString("utf8"));

/** Values by column: what is alike stands together, and takes half the room. */
const columns = (names: readonly string[], guests: readonly Readonly<Record<string, unknown>>[]) =>
  pack(names.map((name) => guests.map((guest) => guest[name])));

function rows(names: readonly string[], data: string): Record<string, unknown>[] {
  const values = z.array(z.array(z.unknown())).parse(unpack(data));
  return (values[0] ?? []).map((_, row) =>
    Object.fromEntries(names.map((name, column) => [name, values[column]?.[row]])),
  );
}

const PROFILE = Object.keys(Profile.shape).filter((name) => name !== "id" && name !== "cluster");
const Figures = Guest.pick({ vmid: true, cpuUsage: true, memoryUsedBytes: true, uptimeSeconds: true });
const FIGURES = Object.keys(Figures.shape);
type Figures = z.infer<typeof Figures>;

const numbered = (name: string, index: number) => `${name}#${String(index).padStart(3, "0")}`;

/** The sort key of the bucket in which a guest is. */
export const bucketOf = (vmid: number) => numbered("guests", vmid % BUCKETS);

/** The sort key of the row in which a guest's figures are. */
export const figuresOf = (vmid: number) => numbered("figures", vmid % FIGURE_ROWS);

/** Rows as they are kept: sort keys, and guests packed. */
type Packed = ReadonlyMap<string, string>;

function packed(guests: readonly Guest[], names: readonly string[], keyOf: (vmid: number) => string): Packed {
  const ordered = guests.toSorted((a, b) => a.vmid - b.vmid);
  const groups = Map.groupBy(ordered, ({ vmid }) => keyOf(vmid));
  return new Map([...groups].map(([sk, members]) => [sk, columns(names, members)]));
}

/** What seldom changes of the guests, by bucket. The same guests always make the same rows. */
export const packProfiles = (guests: readonly Guest[]) => packed(guests, PROFILE, bucketOf);

/** What changes from minute to minute. */
export const packFigures = (guests: readonly Guest[]) => packed(guests, FIGURES, figuresOf);

/** The guests of a bucket. */
export const unpackProfiles = (cluster: string, data: string): Profile[] =>
  rows(PROFILE, data).map((row) =>
    Profile.parse({ ...row, id: `${cluster}/${String(row["vmid"])}`, cluster }),
  );

/** The figures of a row. */
export const unpackFigures = (data: string): Figures[] =>
  rows(FIGURES, data).map((row) => Figures.parse(row));

/** Tells the content of one bucket from that of another time. */
export const digestOf = (data: string) => sha256(data).slice(0, 10);
