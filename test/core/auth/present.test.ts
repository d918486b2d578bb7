import { expect, test } from "vitest";
import { keep, newKey, present, type RoleName } from "../../../core/auth/index.ts";
import { ROLES } from "../../../core/auth/role.ts";
import { systemCaller } from "../../../core/context.ts";
import { smallWorld } from "../world.ts";

/** A key of this role, and an actor that it was when it had these rights. */
async function holding(role: RoleName, may: readonly string[]) {
  const small = smallWorld();
  const key = newKey();
  await keep(small.world, key, { name: "ci", role });
  const keyId = key.slice(4, 16);
  const row = { pk: `key#${keyId}`, sk: "key" };
  return { ...small, row, actor: { id: `key/${keyId}`, keyId, name: "ci", role: "then", may } };
}

test("an actor keeps what it had and its key still has", async () => {
  const { world, actor } = await holding("operator", ROLES.operator);
  expect((await present(world, actor))?.may).toEqual(expect.arrayContaining([...ROLES.operator]));
});

test("nobody gains by a role that became greater since", async () => {
  const { world, actor } = await holding("admin", ["snapshot.*", "vm.get"]);
  expect(await present(world, actor)).toMatchObject({ role: "admin", may: ["snapshot.*", "vm.get"] });
});

test("of two sets of rights only what both cover is left", async () => {
  const { world, actor } = await holding("operator", ["*"]);
  expect(new Set((await present(world, actor))?.may)).toEqual(new Set(ROLES.operator));
  const narrow = await holding("operator", ["vm.*", "safe-mode.manage", "snapshot.create"]);
  const left = (await present(narrow.world, narrow.actor))?.may;
  expect(left).toContain("vm.start");
  expect(left).toContain("snapshot.create");
  expect(left).not.toContain("vm.*");
  expect(left).not.toContain("safe-mode.manage");
});

test("a key that is taken back is nobody's within a minute, and a new one is known at once", async () => {
  const { world, store, clock, row, actor } = await holding("viewer", ["*"]);
  expect(await present(world, actor)).toMatchObject({ role: "viewer" });
  await store.write([{ table: "State", remove: row }]);
  await clock.advance(60_000);
  expect(await present(world, actor)).toBeUndefined();
});

test("a key of which an eventual read knows nothing yet is asked for again", async () => {
  const { world, store, actor } = await holding("viewer", ["*"]);
  const behind: typeof store.get = (table, key, how) =>
    how?.eventual === true ? Promise.resolve(undefined) : store.get(table, key, how);
  expect(await present({ ...world, store: { ...store, get: behind } }, actor)).toBeDefined();
});

test("the role is read once a minute, however many items ask", async () => {
  const { world, store, actor } = await holding("viewer", ["*"]);
  let reads = 0;
  const counting: typeof store.get = (...given) => ((reads += 1), store.get(...given));
  const here = { ...world, store: { ...store, get: counting } };
  for (let n = 0; n < 100; n++) await present(here, actor);
  expect(reads).toBe(1);
});

test("Moxxie itself acts without a key and keeps its rights", async () => {
  const { world } = smallWorld();
  const { actor } = systemCaller("expire", "req_test");
  expect(await present(world, actor)).toBe(actor);
});
