import { expect, test } from "vitest";
import { sizeOf, Unwritable } from "../../../core/db/index.ts";

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

test("B1: DynamoDB's own count: text in bytes, two digits a byte, and one more below zero", () => {
  expect(sizeOf({ a: "ü" })).toBe(3);
  expect(sizeOf({ a: 1234 })).toBe(4);
  expect(sizeOf({ a: -1234 })).toBe(5);
});

test("B1: what DynamoDB cannot hold is refused: numbers that it rounds, objects of a class, a level too many", () => {
  expect(sizeOf({ a: Number.MAX_SAFE_INTEGER })).toBeGreaterThan(0);
  expect(() => sizeOf({ a: Number.MAX_SAFE_INTEGER + 1 })).toThrow(Unwritable);
  expect(() => sizeOf({ a: Number.NaN })).toThrow(Unwritable);
  expect(() => sizeOf({ a: new Date(0) })).toThrow(Unwritable);
  expect(sizeOf({ a: nested(32) })).toBeGreaterThan(0);
  expect(() => sizeOf({ a: nested(33) })).toThrow(Unwritable);
});
