import type { World } from "../context.ts";
import { cut, fitting, sizeOf, Unwritable, type Change } from "../db/index.ts";
import type { Ended } from "./ending.ts";
import { holderOf, itemKey } from "./item.ts";
import { bare } from "./unwritable.ts";

/** What an end adds to its row, and how large its audit row and its lane may be, in bytes. */
const END_BYTES = 16_000;
const AUDIT_BYTES = 16_000;
const LANE_BYTES = 2000;
/** Beside its ends a turn writes its node, the day of the audit log and the lanes that start something. */
const SPARE_BYTES = 500_000;
/** So many rows may be written together with an end; more of them come before it. */
const MOST_BESIDE = 40;
const MOST_BESIDE_BYTES = 1_000_000;

/** What an end takes of a transaction. */
const weigh = ({ item, ending }: Ended): Change[] => [
  { table: "History", update: itemKey(item.operation, item.n), bytes: sizeOf(item) + END_BYTES },
  { table: "Audit", update: { pk: "entry", sk: holderOf(item) }, bytes: AUDIT_BYTES },
  { table: "History", update: { pk: item.lane, sk: item.operation }, bytes: LANE_BYTES },
  ...(ending.changes ?? []),
];

/** How many of these ends one turn can write. */
export const roomFor = ({ settings }: World, endings: readonly Ended[]): number =>
  fitting(endings.map(weigh), { changes: 2 + settings.nodeCap, bytes: SPARE_BYTES });

const bytesOf = (changes: readonly Change[]) =>
  changes.reduce((sum, change) => sum + ("put" in change ? sizeOf(change.put) : 100), 0);

/**
 * An end with no more rows beside it than a transaction has room for: the others are written first. Nothing of that is
 * done twice by being written twice, should the end itself come to nothing.
 */
export async function withRoom(world: World, ended: Ended): Promise<Ended> {
  const { changes = [] } = ended.ending;
  try {
    if (changes.length <= MOST_BESIDE && bytesOf(changes) <= MOST_BESIDE_BYTES) return ended;
    for (const part of cut(changes)) await world.store.write(part);
    return { ...ended, ending: { ...ended.ending, changes: [] } };
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    return { ...ended, ending: bare(ended.item, error, ended.ending) };
  }
}
