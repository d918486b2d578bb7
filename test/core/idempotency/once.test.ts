import { expect, test } from "vitest";
import { begin, fits, forget } from "../../../core/idempotency/once.ts";
import { smallWorld } from "../world.ts";

const request = { owner: "key/a", key: "k1", fingerprint: "POST\n/v1/x\n{}" };
const onceOf = (value: Awaited<ReturnType<typeof begin>>) => {
  if (!("once" in value)) throw new Error("the request was answered already");
  return value.once;
};
const answerOf = (value: Awaited<ReturnType<typeof begin>>) => {
  const once = onceOf(value);
  return (status: number, body: unknown) => once.answer(status, body);
};

test("the first request begins; a repeat gets status and body of the first", async () => {
  const { world, store } = smallWorld();
  const answer = answerOf(await begin(world, request));
  await store.write([answer(202, { id: "op_1", at: new Date(0), gone: undefined })]);
  const again = { status: 202, body: { id: "op_1", at: "1970-01-01T00:00:00.000Z" } };
  expect(await begin(world, request)).toEqual(again);
  expect(await begin(world, request)).toEqual(again);
});

test("an answer without a body is replayed too", async () => {
  const { world, store } = smallWorld();
  await store.write([answerOf(await begin(world, request))(204, undefined)]);
  expect(await begin(world, request)).toEqual({ status: 204, body: null });
});

test("of many at the same instant one begins, whatever they call themselves", async () => {
  const { world } = smallWorld();
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => begin(world, request)));
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
});

test("409: the first request is still at work", async () => {
  const { world, clock } = smallWorld();
  await begin(world, request);
  await clock.advance(60_000);
  await expect(begin(world, request)).rejects.toMatchObject({
    status: 409,
    code: "request.in-progress",
  });
});

test("422: the same key for another request, answered or not", async () => {
  const { world, store } = smallWorld();
  const other = { ...request, fingerprint: "POST\n/v1/x\n{ }" };
  const answer = answerOf(await begin(world, request));
  await expect(begin(world, other)).rejects.toMatchObject({ status: 422, code: "request.key-reused" });
  await store.write([answer(200, {})]);
  await expect(begin(world, other)).rejects.toMatchObject({ status: 422 });
});

test("keys of two callers are two keys, and so are those that only look alike when joined", async () => {
  const { world } = smallWorld();
  for (const one of [request, { ...request, owner: "key/b" }, { ...request, owner: "key", key: "a\nk1" }])
    expect(await begin(world, one)).toHaveProperty("once");
});

test("a first request that died is begun anew after a minute, and its late answer is not kept", async () => {
  const { world, store, clock } = smallWorld();
  const late = answerOf(await begin(world, request));
  await clock.advance(61_000);
  const answer = answerOf(await begin(world, request));
  await expect(store.write([late(200, "late")])).rejects.toMatchObject({ name: "LostRace" });
  await store.write([answer(200, "second")]);
  expect(await begin(world, request)).toEqual({ status: 200, body: "second" });
});

test("of two requests that take over from a dead one, one begins and the other gets 409", async () => {
  const { world, clock } = smallWorld();
  await begin(world, request);
  await clock.advance(61_000);
  const results = await Promise.allSettled([begin(world, request), begin(world, request)]);
  expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(results.find((result) => result.status === "rejected")?.reason).toMatchObject({
    code: "request.in-progress",
  });
});

test("after 24 hours the key is free, for another request too", async () => {
  const { world, store, clock } = smallWorld();
  await store.write([answerOf(await begin(world, request))(200, "old")]);
  await clock.advance(24 * 3_600_000 - 1000);
  expect(await begin(world, request)).toEqual({ status: 200, body: "old" });
  await clock.advance(1000);
  expect(await begin(world, { ...request, fingerprint: "another" })).toHaveProperty("once");
});

test("a request that is forgotten may be sent again in a better form", async () => {
  const { world, store } = smallWorld();
  const first = await begin(world, request);
  const token = "token" in first ? first.token : "";
  await forget(world, request, token);
  expect(store.dump()).toEqual([]);
  expect(await begin(world, { ...request, fingerprint: "better" })).toHaveProperty("once");
  await expect(forget(world, request, token)).rejects.toMatchObject({ name: "LostRace" });
});

test("the store holds neither the key nor the body of a request", async () => {
  const { world, store } = smallWorld();
  await begin(world, { ...request, key: "very-special-key", fingerprint: "POST\n/x\nhunter2" });
  expect(JSON.stringify(store.dump())).not.toMatch(/very-special-key|hunter2/);
});

test("an answer that no row can hold is not kept", () => {
  expect([fits(undefined), fits({ plan: "x".repeat(1000) }), fits({ plan: "x".repeat(400_000) })]).toEqual([
    true,
    true,
    false,
  ]);
});

test("what is kept of a body, which may hold a password, cannot be tried out without the pepper", async () => {
  const rows = await Promise.all(
    ["pepper", "another"].map(async (pepper) => {
      const { world, store } = smallWorld();
      await begin({ ...world, settings: { ...world.settings, pepper } }, request);
      return store.dump().map(({ row }) => row["fingerprint"]);
    }),
  );
  expect(rows.map((found) => found.length)).toEqual([1, 1]);
  expect(rows[0]).not.toEqual(rows[1]);
});

test("a request that is to be done anew begins again, one at a time, and is still known from another", async () => {
  const { world, store } = smallWorld();
  await store.write([onceOf(await begin(world, request)).anew()]);
  await expect(begin(world, { ...request, fingerprint: "other" })).rejects.toMatchObject({ status: 422 });
  const both = await Promise.allSettled([begin(world, request), begin(world, request)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  await expect(begin(world, request)).rejects.toMatchObject({ code: "request.in-progress" });
});
