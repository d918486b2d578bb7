import { expect, test } from "vitest";
import { retain } from "../../../core/retention/index.ts";
import { KEEP, nights, yearTable, ZONE } from "../../../bench/retention-year.ts";
import { readText } from "../../arch/sources.ts";

test("docs/retention.md prints what is left of a year of nights, through both changes of the clock", () => {
  expect(nights()).toHaveLength(366);
  const printed = readText("docs/retention.md")
    .split("\n")
    .map((line) => line.replaceAll(/ +/g, " "));
  const rows = yearTable().filter((line) => line.startsWith("| ") && !line.includes("---"));
  expect(rows.filter((line) => !printed.includes(line))).toEqual([]);
});

test("night after night, what a prune keeps today it has kept all along: a year pruned daily ends as one pruned once would", () => {
  let left: ReturnType<typeof nights> = [];
  const all = nights().toSorted((a, b) => a.at.getTime() - b.at.getTime());
  for (const night of all) {
    const kept = new Set(retain([...left, night], KEEP, ZONE).flatMap(({ id, keep }) => (keep ? [id] : [])));
    left = [...left, night].filter(({ id }) => kept.has(id));
  }
  const months = new Set(left.map(({ id }) => id.slice(0, 7)));
  expect(left.length).toBeLessThanOrEqual(3 + 7 + 4 + 6 + 1);
  expect(months.size).toBeGreaterThanOrEqual(6);
  expect(left.at(-1)?.id).toBe(all.at(-1)?.id);
});
