import * as z from "zod";
import { expect, test } from "vitest";
import { poll, refresh } from "../../core/inventory/index.ts";
import { spec as bulkBackups } from "../../functions/api/bulk/backups.ts";
import { spec as bulkPower } from "../../functions/api/bulk/power.ts";
import { spec as bulkTags } from "../../functions/api/bulk/tags.ts";
import { spec as evaluate } from "../../functions/api/tags/evaluate.ts";
import { spec as create } from "../../functions/api/vms/create.ts";
import { spec as vms } from "../../functions/api/vms/list.ts";
import { spec as start } from "../../functions/api/vms/start.ts";
import { spec as itemsOf } from "../../functions/api/operations/items.ts";
import { lab, type Lab } from "../kit/lab.ts";
import { changingNothing } from "../kit/proof.ts";
import { Item, List, Operation, Plan, Problem, Vm } from "../kit/shape.ts";

const MINUTE = 60_000;
const LISTING = "/cluster/resources";

const Told = Vm.extend({ toldAt: z.string().optional(), unknown: z.array(z.string()).optional() });
const Partial = Operation.extend({
  partial: z.boolean(),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
});

const listOf = async (stage: Lab, query: Record<string, string> = {}) =>
  List(Told).parse((await stage.call({ spec: vms }, { query: { limit: "200", ...query } })).json);

/** A node that has been away for so long that Proxmox has forgotten all but the place of its guests. */
async function withNodeAway(stage: Lab, node = "pve2") {
  stage.simulator.inflict({ do: "node-offline", node });
  await stage.clock.advance(6 * MINUTE);
}

const dry = async (stage: Lab, body: unknown, spec = bulkPower) =>
  Plan.parse((await stage.call({ spec }, { query: { dryRun: "true" }, body })).json);

test("B13: guests of a node that is away keep name, tags, pool and sizes, with their age; only what they do is unknown", async () => {
  const stage = await lab();
  const before = await listOf(stage);
  const known = stage.clock.now().toISOString();
  await withNodeAway(stage);
  await stage.clock.until(poll(stage.world, "main"));
  const { items, partial, warnings } = await listOf(stage);
  const away = before.items.filter(({ node }) => node === "pve2");
  expect(away.length).toBeGreaterThan(3);
  for (const { status: _, ...guest } of away)
    expect(items.find(({ vmid }) => vmid === guest.vmid)).toMatchObject({
      ...guest,
      status: "unknown",
      toldAt: known,
    });
  expect(items.filter(({ node }) => node !== "pve2").every(({ toldAt }) => toldAt === undefined)).toBe(true);
  expect(partial).toBe(true);
  expect(warnings.map(({ code }) => code)).toEqual(["node.offline", "vm.unknown"]);
  expect((await listOf(stage, { fresh: "true" })).items).toEqual(items);
});

test("B13: a bulk call by tag means the guests of a node that is away too, and says that it is partial", async () => {
  const stage = await lab();
  const body = { select: { tags: "env-prod" }, action: "start" };
  const whole = await dry(stage, body);
  expect(whole.partial).toBeUndefined();
  await withNodeAway(stage);
  await stage.clock.until(poll(stage.world, "main"));
  const plan = await dry(stage, body);
  const meant = (items: z.infer<typeof Plan>["items"]) =>
    new Set(items.filter(({ code }) => code !== "selector.left-out").map(({ vm }) => vm?.id));
  expect(meant(plan.items)).toEqual(meant(whole.items));
  expect(plan).toMatchObject({ partial: true, warnings: [{ code: "node.offline" }, { code: "vm.unknown" }] });
  const answer = await stage.call({ spec: bulkPower }, { body });
  expect(Partial.parse(answer.json)).toMatchObject({
    partial: true,
    warnings: [{ code: "node.offline" }, {}],
  });
});

test("B13: guests of which nothing was ever told are named as unknown, not as without the tag", async () => {
  const stage = await lab();
  await withNodeAway(stage);
  await stage.store.write([{ table: "State", remove: { pk: "inventory#main", sk: "header" } }]);
  await stage.clock.until(poll(stage.world, "main"));
  const hidden = (await listOf(stage)).items.filter(({ node }) => node === "pve2");
  expect(hidden[0]).toMatchObject({ name: null, tags: [], unknown: ["name", "tags", "pool", "template"] });
  const body = { select: { tags: "env-prod" }, add: ["new"] };
  const plan = await dry(stage, body, bulkTags);
  const unknown = plan.items.filter(({ code }) => code === "vm.unknown");
  expect(unknown.map(({ vm }) => vm?.id)).toEqual(hidden.map(({ id }) => id));
  expect(plan).toMatchObject({ partial: true });
  const accepted = Partial.parse((await stage.call({ spec: bulkTags }, { body })).json);
  await stage.settle(accepted.id);
  const { json } = await stage.call(
    { spec: itemsOf },
    { path: { operation: accepted.id }, query: { limit: "200" } },
  );
  const skipped = List(Item)
    .parse(json)
    .items.filter(({ error }) => error?.code === "vm.unknown");
  expect(skipped.map(({ vm, state }) => [vm.id, state])).toEqual(hidden.map(({ id }) => [id, "skipped"]));
  const judged = await stage.call({ spec: evaluate }, { body: { expression: "NOT always-on" } });
  expect(judged.json).toMatchObject({ partial: true });
  expect(judged.body).toContain("Proxmox does not tell its tags");
});

test("B13: a new guest has its name and tags in the list before Proxmox's statistics have seen it, and in later operations", async () => {
  const stage = await lab({ late: true, speed: 100 });
  await stage.clock.advance(1000);
  const wanted = { name: "new-1", memoryBytes: 512 * 1024 ** 2, tags: ["env-prod"], node: "pve1", disks: [] };
  const made = await stage.call(
    { spec: create },
    { path: { cluster: "main" }, body: { ...wanted, vmid: 4207 } },
  );
  expect(made.status).toBe(202);
  await stage.run(3000);
  await stage.clock.until(poll(stage.world, "main"));
  const row = await stage.clock.until(
    stage.simulator.handle({
      method: "GET",
      target: "/api2/json/cluster/resources?type=vm",
      headers: { authorization: `PVEAPIToken=${stage.simulator.token}` },
      body: undefined,
    }),
  );
  expect(row.body).toContain('"vmid":4207,"node":"pve1","status":"unknown"}');
  const guest = (await listOf(stage)).items.find(({ vmid }) => vmid === 4207);
  expect(guest).toMatchObject({ name: "new-1", tags: ["env-prod", "moxxie"], status: "unknown" });
  const begun = await stage.call({ spec: start }, { path: { cluster: "main", vmid: 4207 }, body: {} });
  const { json } = await stage.call(
    { spec: itemsOf },
    { path: { operation: Operation.parse(begun.json).id } },
  );
  expect(List(Item).parse(json).items).toMatchObject([{ vm: { name: "new-1" } }]);
});

/** A cluster whose listing fails although everything else works; nothing is known of it since. */
async function withOldInventory(stage: Lab, age = 4 * MINUTE) {
  stage.simulator.faults.add({
    match: { path: LISTING },
    do: "answer",
    status: 500,
    reason: "unable to parse",
  });
  await stage.clock.advance(age);
  await stage.clock.until(refresh(stage.world, "main"));
}

test.for([
  ["stop", bulkPower, { action: "stop" }],
  ["reboot", bulkPower, { action: "reboot" }],
  ["suspend", bulkPower, { action: "suspend" }],
  ["a backup that interrupts", bulkBackups, { storage: "backup", mode: "stop" }],
] as const)(
  "A1: over an inventory older than three minutes nothing is chosen for %s",
  async ([, spec, more]) => {
    const stage = await lab();
    await withOldInventory(stage);
    const answer = await changingNothing(stage, () =>
      stage.call({ spec }, { body: { select: { tags: "moxxie" }, ...more } }),
    );
    expect(answer.status).toBe(503);
    expect(Problem.parse(answer.json)).toMatchObject({ code: "inventory.stale", retryable: true });
    expect(Problem.parse(answer.json).detail).toMatch(/cluster main is 4 min old/);
  },
);

test("A1: what does no harm is done by an old inventory, and says that it is partial and how old that is", async () => {
  const stage = await lab();
  await withOldInventory(stage);
  const body = { select: { tags: "moxxie" }, action: "start" };
  const answer = Partial.parse((await stage.call({ spec: bulkPower }, { body })).json);
  expect(answer.partial).toBe(true);
  expect(answer.warnings).toMatchObject([
    { code: "proxmox.refused", detail: expect.stringContaining("cluster main") },
    { code: "inventory.stale", detail: expect.stringMatching(/cluster main is 4 min old/) },
  ]);
  const list = await listOf(stage);
  expect([list.partial, list.items.length]).toEqual([true, 24]);
  expect(list.warnings).toEqual(answer.warnings);
});

test("A1: an inventory that is only old is made anew before harm is decided by it", async () => {
  const stage = await lab();
  await stage.clock.advance(4 * MINUTE);
  expect(await listOf(stage)).toMatchObject({ partial: true, warnings: [{ code: "inventory.stale" }] });
  const guest = stage.simulator.state.guests["102"];
  if (guest) guest.config["tags"] = "moxxie;always-on";
  const plan = await dry(stage, { select: { vmids: [102] }, action: "stop" });
  expect(plan.items[0]).toMatchObject({ vm: { id: "main/102" }, willRun: false, code: "policy.always-on" });
  expect(plan.partial).toBeUndefined();
  expect((await listOf(stage)).partial).toBe(false);
});
