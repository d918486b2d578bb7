import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import { Fault } from "../../../core/lib/fault.ts";
import { fromCursor, PageInput, pageByKey, pageOf, toCursor } from "../../../core/lib/page.ts";

const faultOf = (work: () => unknown): Fault => {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error("no fault");
};

test("pages give every item once, in order, whatever their size; the last one has no cursor", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string(), { maxLength: 30 }),
      fc.integer({ min: 1, max: 9 }),
      (items, limit) => {
        const found: string[] = [];
        let cursor: string | undefined;
        for (let pages = 0; pages <= items.length; pages++) {
          const page = pageOf(items, (item) => item, { limit, cursor });
          found.push(...page.items);
          if (page.nextCursor === null) break;
          expect(page.items).toHaveLength(limit);
          cursor = page.nextCursor;
        }
        expect(found).toEqual(items);
      },
    ),
  );
});

test("a position survives the cursor, which is fit for a query", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (position) => {
      const cursor = toCursor(position);
      expect(cursor).toMatch(/^[\w-]*$/);
      expect(fromCursor(z.unknown(), cursor)).toEqual(JSON.parse(JSON.stringify(position)));
    }),
  );
});

test("400: any text that is no cursor of this list; it never means the start", () => {
  const Position = z.strictObject({ at: z.number() });
  expect(fromCursor(Position, undefined)).toBeUndefined();
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string().map(toCursor), fc.constant("")), (cursor) => {
      const fault = faultOf(() => fromCursor(Position, cursor));
      expect([fault.status, fault.code]).toEqual([400, "request.invalid"]);
      expect(fault.particulars.errors?.[0]?.pointer).toBe("/cursor");
    }),
  );
});

test("400: a cursor whose item is gone says so", () => {
  const fault = faultOf(() => pageOf(["a"], (item) => item, { limit: 1, cursor: toCursor("b") }));
  expect([fault.status, fault.code]).toEqual([400, "request.stale-cursor"]);
});

test("a list in the order of its keys goes on behind one that is gone, and ends behind the last", () => {
  const page = (cursor: string) =>
    pageByKey(["a", "c", "d"], (item) => item, { limit: 1, cursor: toCursor({ after: cursor }) });
  expect(page("b")).toEqual({ items: ["c"], nextCursor: toCursor({ after: "c" }) });
  expect(page("c")).toEqual({ items: ["d"], nextCursor: null });
  expect(page("x")).toEqual({ items: [], nextCursor: null });
});

test("limit is 50 unless given, from 1 to 200, as a number or as text of a query", () => {
  const Input = z.strictObject(PageInput);
  expect(Input.parse({}).limit).toBe(50);
  expect(Input.parse({ limit: "200" }).limit).toBe(200);
  for (const limit of ["0", "201", "1.5", "x", "-1"]) expect(Input.safeParse({ limit }).success).toBe(false);
});
