import { canonical } from "../lib/canonical.ts";
import type { Row } from "./store.ts";

/** A record from DynamoDB as a row; every one has its two keys. */
export function toRow(record: Readonly<Record<string, unknown>>): Row {
  const { pk, sk } = record;
  if (typeof pk !== "string" || typeof sk !== "string") throw new Error("a row without keys");
  return { ...record, pk, sk };
}

/** Whether two rows hold the same values. */
export const sameRow = (one: Row, other: Row) => canonical(one) === canonical(other);

/** Whether a row's time is over. DynamoDB deletes it days later; until then it is read, and treated as gone. */
export const isExpired = ({ expiresAt }: Readonly<Record<string, unknown>>, now: Date) =>
  typeof expiresAt === "number" && expiresAt * 1000 <= now.getTime();
