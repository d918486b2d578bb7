import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countOf, gapsOf, read, withMore, write } from "../../../core/operation/told.ts";

const numbers = fc.uniqueArray(fc.nat({ max: 999 }), { maxLength: 200 });

test("what was told is told apart from what was not, whatever its order", () => {
  fc.assert(
    fc.property(numbers, numbers, (first, second) => {
      const told = withMore(withMore([], first), second);
      const all = new Set([...first, ...second]);
      expect(countOf(told)).toBe(all.size);
      const gaps = gapsOf(told, 1000).flatMap(([from, to]) =>
        Array.from({ length: to - from }, (_, index) => from + index),
      );
      expect(gaps).toEqual(Array.from({ length: 1000 }, (_, n) => n).filter((n) => !all.has(n)));
    }),
  );
});

test("what is written is read as it was, up to so many runs; what is left out is told again", () => {
  fc.assert(
    fc.property(numbers, (some) => {
      const told = withMore([], some);
      expect(read(write(told))).toEqual(told);
    }),
  );
  const scattered = withMore(
    [],
    Array.from({ length: 400 }, (_, n) => n * 1000),
  );
  expect(write(scattered).length).toBeLessThan(4000);
  expect(countOf(read(write(scattered)) ?? [])).toBe(250);
});

test.each(["-", "1-", "3-1", "5,1", "1,1", "1-3,2", "1,,2", "a", "1.5", " 1", "12345678"])(
  "%s is nothing that was written",
  (text) => {
    expect(read(text)).toBeUndefined();
  },
);
