import * as z from "zod";
import { expect, test } from "vitest";
import { append, draft, list } from "../../../core/audit/index.ts";
import { Fault } from "../../../core/lib/fault.ts";
import { toCursor } from "../../../core/lib/page.ts";
import { smallWorld } from "../world.ts";

const Answer = z.object({
  value: z.object({
    items: z.array(z.object({ id: z.string(), at: z.string() })),
    nextCursor: z.string().nullable(),
  }),
});

type Small = ReturnType<typeof smallWorld>;
const note = (target: string) => ({ action: "vm.start", target, outcome: "begun" as const });

/** All ids, page by page. */
async function ids({ ctx }: Small, limit: number, filter: object = {}): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < 500; pages++) {
    const raw = { limit, ...filter, ...(cursor === null ? {} : { cursor }) };
    const { value } = Answer.parse(await list.call(ctx, raw));
    found.push(...value.items.map((item) => item.id));
    cursor = value.nextCursor;
    if (cursor === null) return found;
  }
  throw new Error("the list never ends");
}

test("pages show each entry once, also when ids and places in a chain differ in order", async () => {
  const small = smallWorld();
  // All of one instant: the random part of the ids orders them otherwise than they were written.
  for (let n = 0; n < 60; n++)
    await append(small.world, [draft(small.ctx, note(`main/${n}`)), draft(small.ctx, note(`main/${n}`))]);
  const all = small.store
    .dump()
    .flatMap(({ row }) => (typeof row["id"] === "string" ? [row["id"]] : []))
    .toSorted();
  for (const limit of [1, 3, 7, 50, 200]) {
    const found = await ids(small, limit);
    expect([limit, found.length, new Set(found).size]).toEqual([limit, 120, 120]);
    expect(found.toSorted()).toEqual(all);
  }
});

test("newest first, over midnight", async () => {
  const small = smallWorld();
  const written: string[] = [];
  for (let n = 0; n < 20; n++) {
    const entry = draft(small.ctx, note(`main/${n}`));
    await append(small.world, [entry]);
    written.unshift(entry.id);
    await small.clock.advance(3 * 3_600_000);
  }
  expect(await ids(small, 3)).toEqual(written);
});

test("a filter leaves out everything else, page by page", async () => {
  const small = smallWorld();
  for (let n = 0; n < 40; n++) await append(small.world, [draft(small.ctx, note(`main/${n % 4}`))]);
  expect(await ids(small, 3, { target: "main/2" })).toHaveLength(10);
  expect(await ids(small, 3, { actor: "key/other" })).toHaveLength(0);
});

test("400: a cursor with a day that does not exist", async () => {
  const { ctx } = smallWorld();
  for (const day of ["x", "2026-13-99", "", "2026-11-23T00:00"]) {
    const call = list.call(ctx, { cursor: toCursor({ day, before: {} }) });
    await expect(call).rejects.toBeInstanceOf(Fault);
    await expect(call).rejects.toMatchObject({ status: 400 });
  }
});
