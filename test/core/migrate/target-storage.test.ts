import { expect, test } from "vitest";
import { unknownStorages } from "../../../core/migrate/target-storage.ts";

const storage = (name: string) => ({
  storage: name,
  type: "dir",
  shared: false,
  active: true,
  content: ["images"],
  freeBytes: 1,
});
const node = (online: boolean, ...names: readonly string[]) => ({ online, storages: names.map(storage) });
const wanted = { targetStorage: { a: "b", c: "d" } };

test("C: each storage that is named and not there is told with the field that names it", () => {
  const pointers = unknownStorages(wanted, [node(true, "a", "b"), node(true, "d")]).map(
    ({ pointer }) => pointer,
  );
  expect(pointers).toEqual(["/targetStorage/c"]);
  expect(unknownStorages({ targetStorage: "a" }, [node(true, "a")])).toEqual([]);
  expect(unknownStorages({}, [node(true, "a")])).toEqual([]);
});

test("C: nothing is called missing where a node is away, or where the token sees no storage at all", () => {
  expect(unknownStorages(wanted, [node(true, "a"), node(false)])).toEqual([]);
  expect(unknownStorages(wanted, [node(true)])).toEqual([]);
});
