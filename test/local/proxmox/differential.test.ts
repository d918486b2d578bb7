import { expect, test } from "vitest";
import { compare } from "../../../local/proxmox/differential/compare.ts";
import { record } from "../../../local/proxmox/differential/record.ts";
import { genuine, scenario } from "../../../local/proxmox/differential/step.ts";

for (const version of ["8.4", "9.2"] as const)
  test(`the simulator answers as genuine daemons of ${version} did`, async () => {
    const steps = scenario(version);
    const answers = await record(version);
    expect(steps.filter(({ name }) => answers[name] === undefined)).toEqual([]);
    const rows = compare(steps, genuine(version), answers);
    const astray = rows.filter(({ differences }) => differences.length > 0);
    expect(rows.length).toBeGreaterThan(450);
    expect(astray.map(({ name }) => name)).toEqual([]);
  });

test("a difference in status, task or shape does not pass unseen", () => {
  const step = { name: "one", method: "GET", path: "/version" };
  const real = { status: 200, reason: "OK", shape: { release: "string" } };
  const differing = [
    { ...real, status: 500 },
    { ...real, reason: "no" },
    { ...real, shape: { release: "number" } },
    { ...real, task: { type: "qmstart" } },
    { ...real, errors: { a: "b" } },
  ];
  for (const answer of differing)
    expect(compare([step], { one: real }, { one: answer })[0]?.differences).toHaveLength(1);
  expect(compare([step], { one: real }, { one: real })[0]?.differences).toEqual([]);
  expect(compare([step], { one: real }, {})[0]?.differences.length).toBeGreaterThan(0);
});
