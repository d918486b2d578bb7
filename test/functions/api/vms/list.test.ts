import { expect, test } from "vitest";
import { systemCaller } from "../../../../core/context.ts";
import { register } from "../../../../core/cluster/index.ts";
import { poll } from "../../../../core/inventory/index.ts";
import { NoAnswer } from "../../../../core/proxmox/index.ts";
import { spec } from "../../../../functions/api/vms/list.ts";
import { caller } from "../../../kit/caller.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { List, Problem, Vm } from "../../../kit/shape.ts";

const route = { spec };

async function vms(stage: Lab, query: Record<string, string> = {}) {
  const answer = await stage.call(route, { query });
  expect(answer.status).toBe(200);
  return List(Vm).parse(answer.json);
}

const ids = async (stage: Lab, query: Record<string, string>) =>
  (await vms(stage, query)).items.map((vm) => vm.vmid);

test("200: every guest with tags, node, status and age, templates too; Proxmox is not asked", async () => {
  const stage = await lab();
  const { items, asOf, partial, warnings, nextCursor } = await vms(stage);
  expect(items.length).toBe(24);
  expect(items.find((vm) => vm.vmid === 102)).toMatchObject({
    id: "main/102",
    cluster: "main",
    name: "web-2",
    node: "pve2",
    status: "running",
    type: "qemu",
    template: false,
    tags: ["client-acme", "env-prod", "moxxie", "role-web"],
    pool: "acme",
    memoryBytes: 2 * 1024 ** 3,
  });
  expect({ partial, warnings, nextCursor }).toEqual({ partial: false, warnings: [], nextCursor: null });
  expect(asOf).toBe(stage.clock.now().toISOString());
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("200: the tag expression of the first curl line finds production without what is always on", async () => {
  const stage = await lab();
  expect(await ids(stage, { tags: "env-prod AND NOT always-on" })).toEqual([
    102, 104, 105, 106, 107, 108, 201,
  ]);
});

test.for([
  [{ cluster: "main", node: "pve2", status: "stopped" }, [9000]],
  [{ type: "lxc" }, [201, 202, 203, 204]],
  [{ template: "true" }, [9000]],
  [{ name: "WEB-*" }, [101, 102, 105]],
  [{ name: "web-?", pool: "acme" }, [101, 102]],
  [{ tags: "moxxie", template: "false", status: "stopped" }, [110]],
  [{ pool: "no-such-pool" }, []],
  [{ cluster: "other" }, []],
  [{ status: "paused" }, []],
] as const)("200: filters narrow each other: %j", async ([query, found]) => {
  const stage = await lab();
  expect(await ids(stage, query)).toEqual(found);
});

test("200: sorted by several fields, downwards too, and by id where these are equal", async () => {
  const stage = await lab();
  const { items } = await vms(stage, { sort: "-memoryBytes,name" });
  const keys = items.map((vm) => [-(vm.memoryBytes ?? 0), vm.name ?? ""] as const);
  const sorted = keys.toSorted((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
  expect(keys).toEqual(sorted);
  expect(await ids(stage, { sort: "type", type: "lxc" })).toEqual([201, 202, 203, 204]);
});

test.for(["1", "5", "7", "23", "24"])("200: pages of %s cover every guest exactly once", async (limit) => {
  const stage = await lab();
  const seen: number[] = [];
  let next: string | null = `/v1/vms?limit=${limit}&sort=-name&template=false`;
  for (let page = 0; next !== null && page < 30; page++) {
    const url: URL = new URL(next, "http://moxxie.test");
    const answer = await stage.call(route, { query: Object.fromEntries(url.searchParams) });
    const list = List(Vm).parse(answer.json);
    seen.push(...list.items.map((vm) => vm.vmid));
    next = /^<([^>]+)>; rel="next"$/.exec(answer.headers["link"] ?? "")?.[1] ?? null;
    expect(next !== null).toBe(list.nextCursor !== null);
  }
  expect(seen.length).toBe(23);
  expect(new Set(seen).size).toBe(23);
});

test.for(["", "-memoryUsedBytes", "status,-name"])(
  "200: a page goes on where the one before ended, although that guest has gone or changed its place: sort=%s",
  async (sort) => {
    const stage = await lab();
    const query = { limit: "5", ...(sort === "" ? {} : { sort }) };
    const all = await vms(stage, { ...query, limit: "200" });
    const first = await vms(stage, query);
    const last = first.items.at(-1)?.vmid ?? 0;
    delete stage.simulator.state.guests[last];
    await poll(stage.world, "main");
    const second = await vms(stage, { ...query, cursor: first.nextCursor ?? "" });
    expect(second.items.map(({ vmid }) => vmid)).toEqual(all.items.slice(5, 10).map(({ vmid }) => vmid));
  },
);

test("400: a cursor goes with the order that it was given for", async () => {
  const stage = await lab();
  const { nextCursor } = await vms(stage, { limit: "5", sort: "name" });
  const answer = await stage.call(route, { query: { sort: "-name", cursor: nextCursor ?? "" } });
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: "/cursor" }]);
});

test.for<[string, string]>([
  ["limit", "0"],
  ["limit", "201"],
  ["limit", "many"],
  ["limit", "1.5"],
  ["cursor", "nonsense"],
  ["sort", "colour"],
  ["sort", "name,,node"],
  ["status", "asleep"],
  ["type", "vm"],
  ["template", "maybe"],
  ["fresh", "yes please"],
  ["colour", "red"],
  ["dryRun", "true"],
])("400: %s=%s names the parameter", async ([name, value]) => {
  const stage = await lab();
  const answer = await stage.call(route, { query: { [name]: value } });
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: `/${name}` }]);
});

test("400: a bad tag expression tells the column", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { query: { tags: "env-prod AND OR x" } });
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([
    { pointer: "/tags", code: "selector.expression", detail: expect.stringContaining("column 14") },
  ]);
});

test("200: fresh asks Proxmox itself, once; without it the answer says how old it is", async () => {
  const stage = await lab();
  const before = stage.clock.now().toISOString();
  await stage.clock.advance(60_000);
  Object.assign(stage.simulator.state.guests["110"] ?? {}, { status: "running" });
  const old = await vms(stage, { name: "ci-1" });
  expect(old).toMatchObject({ asOf: before, items: [{ status: "stopped" }] });
  const fresh = await vms(stage, { name: "ci-1", fresh: "true" });
  expect(fresh.items).toMatchObject([{ status: "running" }]);
  expect(fresh.asOf > before).toBe(true);
  expect(stage.simulator.counters().total.requests).toBe(1);
});

test("200: fresh shows what a token without rights sees, but never as if the other guests were gone", async () => {
  const stage = await lab();
  stage.simulator.state.guests = {};
  const list = await vms(stage, { fresh: "true" });
  expect(list).toMatchObject({ items: [], partial: true, warnings: [{ code: "inventory.suspect" }] });
});

test("200: a node that is offline makes the list partial, and is named", async () => {
  const stage = await lab();
  stage.simulator.setNode("pve2", { online: false });
  const list = await vms(stage, { fresh: "true" });
  expect(list.items.length).toBe(24);
  expect(list).toMatchObject({ partial: true, warnings: [{ code: "node.offline" }] });
  expect(list.warnings[0]?.detail).toContain("pve2");
});

test.for(["false", "true"])(
  "200: a cluster that does not answer leaves the others listed; fresh=%s",
  async (fresh) => {
    const stage = await lab();
    const far = { id: "far", name: "far", endpoints: ["https://far.test:8006"], fingerprints: [] };
    await register({ ...stage.world, ...systemCaller("test", "req_test") }, far);
    const dead = () => Promise.reject(new NoAnswer("connect ETIMEDOUT", false));
    const dial: typeof stage.world.dial = (target) =>
      target.cluster === "far" ? dead : stage.world.dial(target);
    const { call } = caller({ ...stage.world, dial }, stage.clock, stage.admin);
    const answer = await call(route, { query: { fresh } });
    expect(answer.status).toBe(200);
    const list = List(Vm).parse(answer.json);
    expect(list.items.length).toBe(24);
    expect(list).toMatchObject({ partial: true, warnings: [{ code: "proxmox.unreachable" }] });
    expect(list.warnings[0]?.detail).toContain("far");
  },
);

test("200: a list of a dead cluster alone shows what was known, with its age", async () => {
  const stage = await lab();
  const before = stage.clock.now().toISOString();
  await stage.clock.advance(5000);
  stage.simulator.faults.add({ match: {}, do: "cut-before" });
  const list = await vms(stage, { fresh: "true" });
  expect(list).toMatchObject({ partial: true, asOf: before });
  expect(list.items.length).toBe(24);
});

test("400: the cursor of another list is refused, never taken as the start", async () => {
  const stage = await lab();
  const cursor = Buffer.from(JSON.stringify({ day: "2026-11-23", before: {} })).toString("base64url");
  const answer = await stage.call(route, { query: { cursor } });
  expect(answer.status).toBe(400);
});

test("200: a guest that sleeps on disk is suspended, and not among those that are stopped", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["110"] ?? {}, { lock: "suspended" });
  const vmidsOf = async (status: string) => {
    const { json } = await stage.call(route, { query: { status, fresh: "true" } });
    return List(Vm)
      .parse(json)
      .items.map(({ vmid }) => vmid);
  };
  expect(await vmidsOf("suspended")).toEqual([110]);
  expect(await vmidsOf("stopped")).not.toContain(110);
});
