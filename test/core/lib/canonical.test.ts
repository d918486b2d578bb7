import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonical, sha256 } from "../../../core/lib/canonical.ts";

test("keys stand in order at every depth, absent values are left out, lists keep their places", () => {
  expect(canonical({ b: [3, { d: 1, c: undefined }], a: null, z: undefined })).toBe(
    '{"a":null,"b":[3,{"d":1}]}',
  );
  expect(canonical([undefined, "é\n", true])).toBe('[null,"é\\n",true]');
  expect(canonical(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
  expect(canonical(undefined)).toBe("null");
});

test("equal values have equal text, and the text is JSON of the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy: unknown = JSON.parse(JSON.stringify(value));
      expect(canonical(copy)).toBe(canonical(value));
      expect(JSON.parse(canonical(value))).toEqual(copy);
    }),
  );
});

test("the order in which keys were added does not show", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), (record) => {
      const turned = Object.fromEntries(Object.entries(record).toReversed());
      expect(canonical(turned)).toBe(canonical(record));
    }),
  );
});

test("a hash is SHA-256 in hexadecimal", () => {
  expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
