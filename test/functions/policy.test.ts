import { expect, test } from "vitest";
import { MODES } from "../../core/policy/index.ts";
import { readText } from "../arch/sources.ts";
import { lab } from "../kit/lab.ts";
import { dress, KINDS, pose, rowOf, waysOf } from "../kit/policy-matrix.ts";
import { changingNothing } from "../kit/proof.ts";

/** A line without the blanks and dashes that make a table even. */
const plain = (line: string) => line.replaceAll(/\s+/g, " ").replaceAll(/-{2,}/g, "-").trim();

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** One table: ways that a mode treats alike stand in one row. */
async function tableOf(mode: (typeof MODES)[number]): Promise<string[]> {
  const stage = await lab({ mode });
  const ways = await waysOf(stage);
  await dress(stage);
  const rows = new Map<string, string[]>();
  for (const way of ways) {
    const cells = (await rowOf(stage, way)).join(" | ");
    rows.set(cells, [...(rows.get(cells) ?? []), `\`${way.name}\``]);
  }
  const kinds = Object.keys(KINDS);
  const body = [...rows].map(([cells, names]) => line([names.join("<br>"), cells]));
  return [line([`\`${mode}\``, ...kinds]), line(["-", ...kinds.map(() => "-")]), ...body];
}

function printed(mode: string): string[] {
  const lines = readText("docs/policy.md").split("\n").map(plain);
  const from = lines.findIndex((one) => one.startsWith(`| \`${mode}\` |`));
  if (from < 0) return [];
  const length = lines.slice(from).findIndex((one) => !one.startsWith("|"));
  return lines.slice(from, length < 0 ? undefined : from + length);
}

test.for(MODES)("safe mode %s: every way to change a guest does what docs/policy.md prints", async (mode) => {
  const real = (await tableOf(mode)).map(plain);
  expect(real.filter((one) => one.includes("?"))).toEqual([]);
  expect(printed(mode)).toEqual(real);
});

test.for(["strict", "permissive"] as const)(
  "safe mode %s: what is refused for one guest is a 403, and nothing happens",
  async (mode) => {
    const stage = await lab({ mode });
    const ways = await waysOf(stage);
    await dress(stage);
    await stage.run(60_000);
    stage.simulator.resetCounters();
    const told: [string, number][] = [];
    for (const way of ways) {
      if (!way.single) continue;
      pose(stage, way);
      for (const { vmid } of Object.values(KINDS)) {
        if ((await way.call(vmid, false)) !== "no") continue;
        told.push([way.name, (await changingNothing(stage, () => way.act(vmid))).status]);
      }
    }
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter(([, status]) => status !== 403)).toEqual([]);
  },
);
