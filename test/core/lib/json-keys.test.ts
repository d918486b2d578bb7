import * as fc from "fast-check";
import { expect, test } from "vitest";
import { repeatedName } from "../../../core/lib/json-keys.ts";

test.each([
  ['{"a":1,"a":2}', "/a"],
  ['{"a":1,"\\u0061":2}', "/a"],
  ['{"select":{"vmids":[1],"all":true,"vmids":[2]}}', "/select/vmids"],
  ['{"l":[{"a":1},{"a":1,"b":{"c":0,"c":0}}]}', "/l/1/b/c"],
  ['{"a/b":{"~":1,"~":2}}', "/a~1b/~0"],
  ['{"__proto__":1,"__proto__":2}', "/__proto__"],
  ['{"":1,"":2}', "/"],
  ['[1,{"x":"y","x":"z"}]', "/1/x"],
])("F8: %s repeats %s", (text, pointer) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect(repeatedName(text)).toBe(pointer);
});

test.each([
  '{"a":"a","b":"a"}',
  '{"a":{"a":{"a":1}},"b":{"a":1}}',
  '["a","a",["a"]]',
  '{"a":"{\\"a\\":1,\\"a\\":2}"}',
  '{"a":"\\\\","b":"x"}',
  "{}",
  "[]",
  "1",
  '"a"',
])("F8: %s repeats nothing", (text) => {
  expect(repeatedName(text)).toBeUndefined();
});

test("F8: what JSON.stringify writes repeats nothing, however it is spaced", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(4), (value, space) => {
      expect(repeatedName(JSON.stringify(value, null, space))).toBeUndefined();
    }),
  );
});

test("F8: a name that is written a second time anywhere in an object is found", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 });
  fc.assert(
    fc.property(object, fc.jsonValue(), (value, other) => {
      const [name = ""] = Object.keys(value);
      const text = `${JSON.stringify(value).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(other)}}`;
      expect(repeatedName(text)).toMatch(/^\//);
    }),
  );
});
