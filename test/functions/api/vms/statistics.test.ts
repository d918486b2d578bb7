import * as z from "zod";
import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/statistics.ts";
import { lab } from "../../../kit/lab.ts";

const route = { spec };
const at = (vmid: number, query: Record<string, string> = {}) => ({ path: { cluster: "main", vmid }, query });
const Series = z.object({
  items: z.array(z.object({ time: z.iso.datetime(), cpuUsage: z.number().nullable() })),
});

test.for(["7.4", "8.4", "9.2"] as const)(
  "200: %s: the last hour, the oldest sample first",
  async (version) => {
    const stage = await lab({ version });
    const { status, json } = await stage.call(route, at(102));
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: "main/102", timeframe: "hour", cf: "AVERAGE" });
    const { items } = Series.parse(json);
    expect(items.length).toBeGreaterThan(50);
    expect(items.map(({ time }) => time)).toEqual(items.map(({ time }) => time).toSorted());
    expect(stage.simulator.counters().total.requests).toBe(1);
  },
);

test("200: a container over a year, by the highest values", async () => {
  const stage = await lab();
  const { json } = await stage.call(route, at(201, { timeframe: "year", cf: "MAX" }));
  expect(json).toMatchObject({ timeframe: "year", cf: "MAX" });
  expect(Series.parse(json).items.length).toBeGreaterThan(0);
});

test.for([
  ["timeframe", { timeframe: "decade" }],
  ["cf", { cf: "MEDIAN" }],
] as const)("400: %s that is none; Proxmox is never asked", async ([field, query]) => {
  const stage = await lab();
  const answer = await stage.call(route, at(102, query));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: `/${field}` }] } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("404: an unknown guest", async () => {
  const stage = await lab();
  expect((await stage.call(route, at(999))).status).toBe(404);
});
