import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { secretText } from "../lib/id.ts";
import { ROLES, RoleName } from "./role.ts";

const FORM = /^mox_([A-Za-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
const NO_HASH = "0".repeat(64);

/** A key as it is kept: never the key itself. */
const KeyRow = z.object({
  pk: z.string(),
  id: z.string(),
  name: z.string(),
  role: RoleName,
  hash: z.string(),
  createdAt: z.string(),
  expiresAt: z.number().optional(),
});
type KeyRow = z.infer<typeof KeyRow>;

/** A new API key: `mox_`, a public prefix that finds it, and 32 random bytes. */
export function newKey(): string {
  const prefix = secretText(32)
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 12);
  return `mox_${prefix.padEnd(12, "0")}_${secretText(32)}`;
}

/** What keeping a key takes. */
type KeyRoom = Pick<World, "store" | "clock"> & { readonly settings: Pick<World["settings"], "pepper"> };

const keyedHash = (pepper: string, key: string) => createHmac("sha256", pepper).update(key).digest("hex");

const rowKey = (prefix: string) => ({ pk: `key#${prefix}`, sk: "key" });

/** Keeps a key under its hash. One that is there already stays as it is. */
export async function keep(
  world: KeyRoom,
  key: string,
  owner: { name: string; role: RoleName },
): Promise<void> {
  const prefix = FORM.exec(key)?.[1];
  if (!prefix) throw new Error("an API key has the form mox_<12 characters>_<43 characters>");
  const put = {
    ...rowKey(prefix),
    id: prefix,
    ...owner,
    hash: keyedHash(world.settings.pepper, key),
    createdAt: world.clock.now().toISOString(),
  };
  await world.store.write([{ table: "State", put, when: { exists: false } }]).catch((error: unknown) => {
    if (!(error instanceof LostRace)) throw error;
  });
}

/** Who holds this key. An unknown prefix takes the same path as a wrong key: a comparison of two digests. */
export async function holder(world: World, key: string) {
  const prefix = FORM.exec(key)?.[1];
  const found = prefix === undefined ? undefined : await world.store.get("State", rowKey(prefix));
  const row: KeyRow | undefined = found ? KeyRow.parse(found) : undefined;
  const given = Buffer.from(keyedHash(world.settings.pepper, key), "hex");
  const same = timingSafeEqual(given, Buffer.from(row?.hash ?? NO_HASH, "hex"));
  if (!row || !same) return undefined;
  if (row.expiresAt !== undefined && row.expiresAt * 1000 <= world.clock.now().getTime()) return undefined;
  return { id: `key/${row.id}`, keyId: row.id, name: row.name, role: row.role, may: ROLES[row.role] };
}
