import { deflateRawSync, inflateRawSync } from "node:zlib";
import * as z from "zod";
import { sha256 } from "../lib/canonical.ts";
import { at, column, isFlag, isNumber, isText, isTexts, isWhole, oneOf, orNull, several } from "./column.ts";
import { Guest, type Profile } from "./guest.ts";

const isUnknown = oneOf(Guest.shape.unknown.unwrap().element.options);

/**
 * Guests are kept in buckets by VMID, so that one of them is read without the others: of 10 000 guests a bucket holds
 * about 80 in 2 kB. A prime, since people number in tens and hundreds.
 */
const BUCKETS = 127;
/** Figures are written all together, so few rows are enough. */
const FIGURE_ROWS = 7;

type Figures = Pick<Guest, "vmid" | "cpuUsage" | "memoryUsedBytes" | "uptimeSeconds">;

const pack = (value: unknown) => deflateRawSync(JSON.stringify(value)).toString("base64");
const unpack = (data: string): unknown =>
  JSON.parse(inflateRawSync(Buffer.from(data, "base64")).toString("utf8"));

/** Values by column: what is alike stands together, and takes half the room. */
const columns = (names: readonly string[], guests: readonly Readonly<Record<string, unknown>>[]) =>
  pack(names.map((name) => guests.map((guest) => guest[name])));

/** Guests by column: the fields of a profile in the order in which they are kept. What is not here is made of what is. */
const ProfileColumns = z.object({
  vmid: column(isWhole),
  type: column(oneOf(Guest.shape.type.options)),
  name: column(orNull(isText)),
  node: column(isText),
  status: column(oneOf(Guest.shape.status.options)),
  template: column(isFlag),
  tags: column(isTexts),
  pool: column(orNull(isText)),
  cpus: column(orNull(isNumber)),
  memoryBytes: column(orNull(isNumber)),
  diskBytes: column(orNull(isNumber)),
  lock: column(orNull(isText)),
  haState: column(orNull(isText)),
  toldAt: column(orNull(isText)),
  unknown: column(orNull(several(isUnknown))),
});
const PROFILE = Object.keys(ProfileColumns.shape);

const FigureColumns = z.object({
  vmid: column(isWhole),
  cpuUsage: column(orNull(isNumber)),
  memoryUsedBytes: column(orNull(isNumber)),
  uptimeSeconds: column(orNull(isNumber)),
});
const FIGURES = Object.keys(FigureColumns.shape);

/** Columns by the names of their fields. */
function named(names: readonly string[], data: string): Record<string, unknown> {
  const values = z.array(z.unknown()).parse(unpack(data));
  return Object.fromEntries(names.map((name, column) => [name, values[column]]));
}

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

/** What is there of a few guests only. */
const gaps = (toldAt: string | null | undefined, unknown: Guest["unknown"] | null) => ({
  ...(toldAt ? { toldAt } : {}),
  ...(unknown ? { unknown } : {}),
});

/** The guests of a bucket. */
export function unpackProfiles(cluster: string, data: string): Profile[] {
  const columns = ProfileColumns.parse(named(PROFILE, data));
  return columns.vmid.map((vmid, row) => ({
    id: `${cluster}/${vmid}`,
    cluster,
    vmid,
    type: at(columns.type, row),
    name: at(columns.name, row),
    node: at(columns.node, row),
    status: at(columns.status, row),
    template: at(columns.template, row),
    tags: at(columns.tags, row),
    pool: at(columns.pool, row),
    cpus: at(columns.cpus, row),
    memoryBytes: at(columns.memoryBytes, row),
    diskBytes: at(columns.diskBytes, row),
    lock: at(columns.lock, row),
    haState: at(columns.haState, row),
    ...gaps(columns.toldAt[row], columns.unknown[row]),
  }));
}

/** The figures of a row, each with the VMID of its guest; only of these guests. */
export function unpackFigures(data: string, wanted: { has(vmid: number): boolean }): Figures[] {
  const columns = FigureColumns.parse(named(FIGURES, data));
  return columns.vmid.flatMap((vmid, row) => {
    if (!wanted.has(vmid)) return [];
    return {
      vmid,
      cpuUsage: at(columns.cpuUsage, row),
      memoryUsedBytes: at(columns.memoryUsedBytes, row),
      uptimeSeconds: at(columns.uptimeSeconds, row),
    };
  });
}

/** Tells the content of one bucket from that of another time. */
export const digestOf = (data: string) => sha256(data).slice(0, 10);
