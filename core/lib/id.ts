import { randomBytes } from "node:crypto";
import { decodeTime, ulid } from "ulid";

/** A new id: a prefix and a ULID, so that ids of one kind sort by time. */
export const newId = (prefix: "op" | "job" | "aud" | "req" | "look", now: Date) =>
  `${prefix}_${ulid(now.getTime())}`;

/** An unguessable text of `bytes` random bytes in base64url. */
export const secretText = (bytes: number) => randomBytes(bytes).toString("base64url");

/** When an id was made. */
export const madeAt = (id: string) => new Date(decodeTime(id.slice(id.indexOf("_") + 1)));
