import type { Change, Row } from "../../core/db/index.ts";
import { keyOf, placeOf } from "../../core/db/merge.ts";
import { invalid } from "./change.ts";
import { sizeOf } from "./units.ts";

const MOST = 100;
const ROW_BYTES = 400 * 1024;
const TRANSACTION_BYTES = 4 * 1024 ** 2;
const KEY_BYTES = { pk: 2048, sk: 1024 };

/** What DynamoDB says of a transaction that can never work, by its changes alone. */
export function checkShape(changes: readonly Change[]) {
  const places = changes.map((change) => placeOf(change));
  if (new Set(places).size < places.length) throw invalid("two changes of one row in a transaction");
  if (changes.length > MOST) throw invalid("more than 100 changes in a transaction");
  const [only] = changes;
  if (changes.length === 1 && only && "check" in only)
    throw new Error("a check stands only beside another change");
  if (changes.some((change) => "check" in change && Object.keys(change.when ?? {}).length === 0))
    throw invalid("a check without a condition");
}

/** What DynamoDB finds too large, whatever our own side thought of it. */
export function checkSizes(
  changes: readonly Change[],
  before: readonly (Row | undefined)[],
  after: readonly (Row | undefined)[],
) {
  for (const change of changes) {
    const { pk, sk } = keyOf(change);
    if (Buffer.byteLength(pk) > KEY_BYTES.pk || Buffer.byteLength(sk) > KEY_BYTES.sk)
      throw invalid("too long a key");
  }
  if (after.some((row) => sizeOf(row) > ROW_BYTES)) throw invalid("a row of more than 400 kB");
  const all = changes.reduce(
    (sum, _, index) => sum + Math.max(sizeOf(before[index]), sizeOf(after[index])),
    0,
  );
  if (changes.length > 1 && all > TRANSACTION_BYTES) throw invalid("a transaction of more than 4 MB");
}
