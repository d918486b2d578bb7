import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { World } from "../context.ts";
import { LostRace, type Reading } from "../db/index.ts";
import { secretText } from "../lib/id.ts";
import { memo } from "../lib/memo.ts";
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

type Owner = { readonly name: string; readonly role: RoleName };

function rowOf({ settings, clock }: KeyRoom, key: string, owner: Owner) {
  const prefix = FORM.exec(key)?.[1];
  if (!prefix) throw new Error("an API key has the form mox_<12 characters>_<43 characters>");
  const hash = keyedHash(settings.pepper, key);
  return { ...rowKey(prefix), id: prefix, ...owner, hash, createdAt: clock.now().toISOString() };
}

/** Keeps a key under its hash. One that is there already stays as it is. */
export async function keep(world: KeyRoom, key: string, owner: Owner): Promise<void> {
  const put = rowOf(world, key, owner);
  await world.store.write([{ table: "State", put, when: { exists: false } }]).catch((error: unknown) => {
    if (!(error instanceof LostRace)) throw error;
  });
}

const CURRENT = { pk: "admin-key", sk: "current" };
const Current = z.object({ id: z.string() });

/** Keeps the deployment's admin key in place of the one that it had before: that one is good no more. */
export async function keepAdmin(world: KeyRoom, key: string): Promise<void> {
  const row = rowOf(world, key, { name: "admin", role: "admin" });
  const [kept, before] = await Promise.all([
    world.store.get("State", rowKey(row.id)),
    world.store.get("State", CURRENT),
  ]);
  const old = Current.safeParse(before).data?.id;
  if (old === row.id && kept?.["hash"] === row.hash) return;
  await world.store.write([
    // Another secret under the same prefix takes the place of the row.
    ...(kept?.["hash"] === row.hash ? [] : [{ table: "State" as const, put: row }]),
    ...(old === undefined || old === row.id ? [] : [{ table: "State" as const, remove: rowKey(old) }]),
    { table: "State", put: { ...CURRENT, id: row.id } },
  ]);
}

/** A key by its prefix, unless it has expired: DynamoDB deletes late. */
async function loadKey(world: World, prefix: string, how?: Reading): Promise<KeyRow | undefined> {
  const row = await world.store.get("State", rowKey(prefix), how);
  const key = row && KeyRow.parse(row);
  const over = key?.expiresAt !== undefined && key.expiresAt * 1000 <= world.clock.now().getTime();
  return over ? undefined : key;
}

/** Who holds this key. An unknown prefix takes the same path as a wrong key: a comparison of two digests. */
export async function holder(world: World, key: string) {
  const prefix = FORM.exec(key)?.[1];
  const row = prefix === undefined ? undefined : await loadKey(world, prefix);
  const given = Buffer.from(keyedHash(world.settings.pepper, key), "hex");
  const same = timingSafeEqual(given, Buffer.from(row?.hash ?? NO_HASH, "hex"));
  if (!row || !same) return undefined;
  return { id: `key/${row.id}`, keyId: row.id, name: row.name, role: row.role, may: ROLES[row.role] };
}

const roles = memo<RoleName | undefined>(60_000);

/** The role of a key as it was up to a minute ago; undefined for one that was taken back or has expired. */
export const recallRole = (world: World, prefix: string): Promise<RoleName | undefined> =>
  roles(world.store, prefix, world.clock.now(), async () => {
    const key = (await loadKey(world, prefix, { eventual: true })) ?? (await loadKey(world, prefix));
    return key?.role;
  });
