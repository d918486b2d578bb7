import { parseArgs } from "node:util";
import * as z from "zod";
import { compare, type Comparison } from "./compare.ts";
import { VERSIONS } from "../facts/index.ts";
import { record } from "./record.ts";
import { genuine, scenario } from "./step.ts";

const Options = z.object({
  version: z.enum(VERSIONS).exclude(["7.4"]).default("8.4"),
  min: z.coerce.number().min(0).max(100).default(95),
  only: z.string().optional(),
  skip: z.string().default(""),
  print: z.boolean().default(false),
});

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

const categoryOf = (name: string) => name.split(".")[0] ?? name;
const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
const agreed = (rows: readonly Comparison[]) =>
  rows.filter(({ differences }) => differences.length === 0).length;

function printDifferences(rows: readonly Comparison[]): void {
  for (const { name, differences } of rows)
    for (const { what, expected, got } of differences)
      console.log(`${name}: ${what}: expected ${JSON.stringify(expected)} | got ${JSON.stringify(got)}`);
}

function printCategories(rows: readonly Comparison[]): void {
  for (const [category, own] of Object.entries(Object.groupBy(rows, ({ name }) => categoryOf(name)))) {
    const list = own ?? [];
    console.log(
      `${category.padEnd(10)}${agreed(list)}/${list.length}  ${percent(agreed(list), list.length)}`,
    );
  }
}

/** `npm run differential -- --version 8.4`: holds the simulator against what genuine daemons answered.
 * `--only a,b` and `--skip a,b` choose steps by category; `--print` shows every answer; exit 1 below `--min` percent. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { version: text, min: text, only: text, skip: text, print: flag },
  });
  const { version, min, only, skip, print } = Options.parse(values);
  const answers = await record(version);
  const chosen = (name: string) =>
    only ? only.split(",").includes(categoryOf(name)) : !skip.split(",").includes(categoryOf(name));
  const steps = scenario(version).filter(({ name }) => chosen(name));
  if (print) for (const { name } of steps) console.log(`${name}: ${JSON.stringify(answers[name])}`);
  const rows = compare(steps, genuine(version), answers);
  printDifferences(rows);
  printCategories(rows);
  console.log(
    `${agreed(rows)}/${rows.length} steps agree: ${percent(agreed(rows), rows.length)}, wanted ${min} %`,
  );
  process.exitCode = agreed(rows) * 100 >= min * rows.length ? 0 : 1;
}

await main();
