import { expect, test } from "vitest";
import { memo } from "../../../core/lib/memo.ts";

const at = (milliseconds: number) => new Date(1_000_000 + milliseconds);

/** A reader that counts, and gives the count. */
function counter() {
  const reads = { count: 0 };
  return { reads, read: async () => (reads.count += 1) };
}

test("what was read is remembered for its time, by owner and key", async () => {
  const remembered = memo<number>(1000);
  const { read } = counter();
  const [one, other] = [{}, {}];
  expect(await remembered(one, "a", at(0), read)).toBe(1);
  expect(await remembered(one, "a", at(999), read)).toBe(1);
  expect(await remembered(one, "b", at(999), read)).toBe(2);
  expect(await remembered(other, "a", at(999), read)).toBe(3);
  expect(await remembered(one, "a", at(1000), read)).toBe(4);
});

test("those who ask at once wait for one read", async () => {
  const remembered = memo<number>(1000);
  const { reads, read } = counter();
  const owner = {};
  await Promise.all(Array.from({ length: 20 }, () => remembered(owner, "a", at(0), read)));
  expect(reads.count).toBe(1);
});

test("a read that failed is not remembered", async () => {
  const remembered = memo<number>(1000);
  const owner = {};
  await expect(remembered(owner, "a", at(0), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await remembered(owner, "a", at(1), async () => 5)).toBe(5);
});

test("ever new keys do not fill the memory", async () => {
  const remembered = memo<number>(1000);
  const { reads, read } = counter();
  const owner = {};
  for (let n = 0; n <= 1000; n++) await remembered(owner, `key ${n}`, at(0), read);
  await remembered(owner, "key 0", at(0), read);
  expect(reads.count).toBe(1002);
});
