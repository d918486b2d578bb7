import { expect, test } from "vitest";
import type { Change } from "../../../core/db/index.ts";
import { merged } from "../../../core/db/merge.ts";

const key = { pk: "p", sk: "a" };
const when = { equals: { rev: 1 } };
const check: Change = { table: "State", check: key, when };
const update: Change = { table: "State", update: key, set: { n: 1 } };
const put: Change = { table: "State", put: { ...key, n: 1 } };
const removal: Change = { table: "State", remove: key };

test("B1: a condition that was checked is that of the change it is merged with, whichever came first", () => {
  for (const change of [update, put, removal]) {
    expect(merged(check, change)).toEqual({ ...change, when });
    expect(merged(change, check)).toEqual({ ...change, when });
  }
});

test("B1: what is forgotten under a condition is not remembered anew without it", () => {
  expect(merged(removal, put)).toEqual(put);
  expect(merged({ ...removal, when }, put)).toBeUndefined();
});
