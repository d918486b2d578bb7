import * as fc from "fast-check";
import { expect, test } from "vitest";
import { holder, keep, keepAdmin, newKey } from "../../../core/auth/index.ts";
import { smallWorld } from "../world.ts";

const owner = { name: "ci", role: "operator" as const };

test("a key is found by its holder alone, with what the role may do", async () => {
  const { world } = smallWorld();
  const [mine, other] = [newKey(), newKey()];
  await keep(world, mine, owner);
  const found = await holder(world, mine);
  expect(found).toMatchObject({
    id: `key/${mine.slice(4, 16)}`,
    keyId: mine.slice(4, 16),
    name: "ci",
    role: "operator",
  });
  expect(found?.may).toContain("vm.start");
  expect(found?.may).not.toContain("*");
  expect(await holder(world, other)).toBeUndefined();
});

test("a wrong key of the same prefix is nobody's, whatever the rest is", async () => {
  const { world } = smallWorld();
  const key = newKey();
  await keep(world, key, owner);
  const rest = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
  await fc.assert(
    fc.asyncProperty(rest, async (secret) => {
      const forged = key.slice(0, 17) + secret;
      expect(forged === key || (await holder(world, forged)) === undefined).toBe(true);
    }),
  );
  for (const near of [
    `${key}\n`,
    ` ${key}`,
    `${key}=`,
    key.slice(0, -1),
    key.toUpperCase(),
    "",
    "mox_",
    key.slice(4),
  ])
    expect(await holder(world, near)).toBeUndefined();
});

test("a key is good until the instant at which it expires", async () => {
  const { world, store, clock } = smallWorld();
  const key = newKey();
  await keep(world, key, owner);
  const expiresAt = clock.now().getTime() / 1000 + 60;
  await store.write([
    { table: "State", update: { pk: `key#${key.slice(4, 16)}`, sk: "key" }, set: { expiresAt } },
  ]);
  await clock.advance(59_999);
  expect(await holder(world, key)).toBeDefined();
  await clock.advance(1);
  expect(await holder(world, key)).toBeUndefined();
});

test("a copy of the store holds no key and no hash that can be made without the pepper", async () => {
  const { world, store } = smallWorld();
  const keys = Array.from({ length: 20 }, newKey);
  for (const key of keys) await keep(world, key, owner);
  const dump = JSON.stringify(store.dump());
  for (const key of keys) {
    expect(dump).not.toContain(key);
    expect(dump).not.toContain(key.slice(17));
    expect(dump).not.toContain(Buffer.from(key).toString("base64").slice(24, -4));
  }
  const elsewhere = { ...world, settings: { ...world.settings, pepper: "another" } };
  expect(await holder(elsewhere, keys[0] ?? "")).toBeUndefined();
});

test("a key that is kept twice stays as it was the first time", async () => {
  const { world } = smallWorld();
  const key = newKey();
  await keep(world, key, owner);
  await keep(world, key, { name: "thief", role: "admin" });
  expect(await holder(world, key)).toMatchObject({ name: "ci", role: "operator" });
});

test("another key of a known prefix cannot take its place", async () => {
  const { world } = smallWorld();
  const key = newKey();
  await keep(world, key, owner);
  const forged = key.slice(0, 17) + newKey().slice(17);
  await keep(world, forged, { name: "thief", role: "admin" });
  expect(await holder(world, forged)).toBeUndefined();
  expect(await holder(world, key)).toMatchObject({ name: "ci" });
});

test("new keys have the form that is taken, and differ", async () => {
  const { world } = smallWorld();
  const keys = Array.from({ length: 200 }, newKey);
  for (const key of keys) expect(key).toMatch(/^mox_[A-Za-z0-9]{12}_[\w-]{43}$/);
  expect(new Set(keys).size).toBe(200);
  await expect(keep(world, "mox_short", owner)).rejects.toThrow("form");
});

test("F10: another admin key takes the place of the one before, and leaves other keys alone", async () => {
  const { world } = smallWorld();
  const [first, second, other] = [newKey(), newKey(), newKey()];
  await keep(world, other, owner);
  await keepAdmin(world, first);
  await keepAdmin(world, first);
  expect(await holder(world, first)).toMatchObject({ role: "admin" });
  await keepAdmin(world, second);
  expect(await holder(world, first)).toBeUndefined();
  expect(await holder(world, second)).toMatchObject({ role: "admin" });
  expect(await holder(world, other)).toMatchObject({ role: "operator" });
});

test("F10: a new secret under the same prefix replaces the old one", async () => {
  const { world } = smallWorld();
  const first = newKey();
  const second = first.slice(0, 17) + newKey().slice(17);
  await keepAdmin(world, first);
  await keepAdmin(world, second);
  expect(await holder(world, first)).toBeUndefined();
  expect(await holder(world, second)).toMatchObject({ role: "admin" });
});
