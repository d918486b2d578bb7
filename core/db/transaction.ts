import { keyOf, merged, placeOf } from "./merge.ts";
import { sizeOf } from "./size.ts";
import type { Change } from "./store.ts";
import { Unwritable } from "./unwritable.ts";

/** What DynamoDB takes: changes and bytes of a transaction, bytes of a row and of its two keys. */
export const LIMITS = { changes: 100, bytes: 4 * 1024 ** 2, row: 400 * 1024, pk: 2048, sk: 1024 } as const;

/** So much of a transaction a change takes, as far as it can be told: of an update, `bytes` says how large its row is. */
function weightOf(change: Change): number {
  if ("put" in change) return sizeOf(change.put);
  const { pk, sk } = keyOf(change);
  const own = sizeOf({ pk, sk, ...("update" in change ? change.set : {}) });
  return own + ("update" in change ? (change.bytes ?? 0) : 0);
}

/** Changes of different rows, and of which of the given ones each was made first. */
interface Merged {
  readonly change: Change;
  readonly origin: number;
}

/** A transaction under construction. */
class Transaction {
  readonly #parts = new Map<string, Merged & { readonly weight: number }>();
  #given = 0;
  #bytes: number;
  readonly #most: number;

  /** With room left for so many changes and bytes of which it is not told. */
  constructor(spare: { readonly changes: number; readonly bytes: number } = { changes: 0, bytes: 0 }) {
    this.#most = LIMITS.changes - spare.changes;
    this.#bytes = spare.bytes;
  }

  /** Adds changes that belong together; says why none was added where they do not fit. */
  add(changes: readonly Change[]): Unwritable | undefined {
    const next = new Map<string, Merged & { readonly weight: number }>();
    for (const [index, change] of changes.entries()) {
      const place = placeOf(change);
      const before = next.get(place) ?? this.#parts.get(place);
      const now = before ? merged(before.change, change) : change;
      if (!now)
        return new Unwritable("contradiction", `two changes of ${keyOf(change).sk} contradict each other`);
      const origin = before?.origin ?? this.#given + index;
      next.set(place, { change: now, origin, weight: weightOf(now) });
    }
    const bytes = [...next].reduce(
      (sum, [place, { weight }]) => sum + weight - (this.#parts.get(place)?.weight ?? 0),
      this.#bytes,
    );
    const count = new Set([...this.#parts.keys(), ...next.keys()]).size;
    if (count > this.#most || bytes > LIMITS.bytes)
      return new Unwritable("size", `${count} changes of ${bytes} bytes are more than a transaction takes`);
    for (const [place, part] of next) this.#parts.set(place, part);
    this.#bytes = bytes;
    this.#given += changes.length;
    return undefined;
  }

  get parts(): readonly Merged[] {
    return [...this.#parts.values()];
  }
}

function checkRow(change: Change): void {
  const { pk, sk } = keyOf(change);
  if (Buffer.byteLength(pk) > LIMITS.pk || Buffer.byteLength(sk) > LIMITS.sk)
    throw new Unwritable("size", `the key of ${sk.slice(0, 40)} is longer than DynamoDB's keys`);
  if ("put" in change && sizeOf(change.put) > LIMITS.row)
    throw new Unwritable("size", `the row ${sk} is larger than 400 kB`);
}

/**
 * The transaction that makes these changes: those of one row are one, and what DynamoDB would refuse is refused before it
 * is sent (Unwritable). Every write is made by this function.
 */
export function transactionOf(changes: readonly Change[]): readonly Merged[] {
  const transaction = new Transaction();
  const refused = transaction.add(changes);
  if (refused) throw refused;
  for (const { change } of transaction.parts) checkRow(change);
  return transaction.parts;
}

/** How many of these parts fit into one transaction, from the first on, each as a whole; at least one is tried. */
export function fitting(
  parts: readonly (readonly Change[])[],
  spare?: { readonly changes: number; readonly bytes: number },
): number {
  const transaction = new Transaction(spare);
  const end = parts.findIndex((changes) => transaction.add(changes) !== undefined);
  return end < 0 ? parts.length : Math.max(1, end);
}

/** Changes that need not be made together, in transactions that DynamoDB takes. */
export function cut(
  changes: readonly Change[],
  spare?: { readonly changes: number; readonly bytes: number },
): Change[][] {
  const rest = changes.map((change) => [change]);
  const groups: Change[][] = [];
  while (rest.length > 0) groups.push(rest.splice(0, fitting(rest, spare)).flat());
  return groups;
}
