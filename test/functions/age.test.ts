import * as z from "zod";
import { expect, test } from "vitest";
import { poll } from "../../core/inventory/index.ts";
import * as BulkBackups from "../../functions/api/bulk/backups.ts";
import * as BulkDelete from "../../functions/api/bulk/delete.ts";
import * as BulkPower from "../../functions/api/bulk/power.ts";
import * as SnapshotsDelete from "../../functions/api/bulk/snapshots/delete.ts";
import * as BulkTags from "../../functions/api/bulk/tags.ts";
import * as Vms from "../../functions/api/vms/list.ts";
import { lab, type Lab } from "../kit/lab.ts";
import { carriedOut, writesTo } from "../kit/proof.ts";
import { retag } from "../kit/retag.ts";
import { List, Operation, Plan, Vm } from "../kit/shape.ts";

const MINUTE = 60_000;
const VMID = 110;

const Told = Vm.extend({ toldAt: z.string().optional() });
const Partial = z.object({ partial: z.boolean(), warnings: z.array(z.object({ code: z.string() })) });

const guestOf = ({ simulator }: Pick<Lab, "simulator">, vmid = VMID) => {
  const guest = simulator.state.guests[vmid];
  if (!guest) throw new Error(`there is no guest ${vmid}`);
  return guest;
};

async function listOf(stage: Lab) {
  const { json } = await stage.call(Vms, { query: { limit: "200" } });
  const { items, asOf } = List(Told).parse(json);
  const { partial, warnings } = Partial.parse(json);
  return { items, asOf, partial, codes: warnings.map(({ code }) => code) };
}

async function ticks(stage: Lab, count: number) {
  for (let tick = 0; tick < count; tick++) {
    await stage.clock.advance(MINUTE);
    await stage.clock.until(poll(stage.world, "main"));
  }
}

test("A1: what Moxxie has changed and nobody could list since is too old to choose by, until it is listed", async () => {
  const stage = await lab({ mode: "off" });
  await retag(stage, { [VMID]: "moxxie;scrap", 111: "moxxie;scrap" });
  const match = { method: "GET", path: "/cluster/resources" };
  const fault = stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "got timeout" });
  const body = { select: { vmids: [VMID] }, remove: ["scrap"] };
  const { operation } = await carriedOut(stage, await stage.call(BulkTags, { body }));
  expect(operation.state).toBe("succeeded");
  expect(await listOf(stage)).toMatchObject({ partial: true });
  expect((await listOf(stage)).codes).toContain("inventory.stale");
  const select = { tags: "scrap" };
  for (const [route, more] of [
    [BulkDelete, { force: true }],
    [SnapshotsDelete, { match: "*" }],
  ] as const)
    expect(await stage.call(route, { body: { select, ...more } })).toMatchObject({
      status: 503,
      json: { code: "inventory.stale" },
    });
  stage.simulator.faults.remove(fault);
  const { items } = await carriedOut(stage, await stage.call(BulkDelete, { body: { select } }));
  expect(items.map(({ vm }) => vm.id)).toEqual(["main/111"]);
  expect(await listOf(stage)).toMatchObject({ partial: false });
});

test("A1: a guest of which Proxmox tells no more is not chosen for harm by what nobody looks at again", async () => {
  const stage = await lab({ mode: "off" });
  await retag(stage, { [VMID]: "moxxie;scrap" });
  const guest = guestOf(stage);
  guest.snapshots["before"] = { config: {}, snaptime: 1, description: "" };
  const node = stage.simulator.state.nodes[guest.node];
  Object.assign(node ?? {}, { lostAt: Math.floor(stage.clock.now().getTime() / 1000) });
  await ticks(stage, 12);
  guest.config["tags"] = "moxxie;production";
  const { items: listed } = await listOf(stage);
  const pool = listed.find(({ vmid }) => vmid === VMID)?.pool ?? "";
  for (const [route, body] of [
    [SnapshotsDelete, { select: { tags: "scrap" }, match: "*" }],
    [BulkPower, { select: { vmids: [VMID], pools: [pool] }, action: "stop" }],
  ] as const) {
    const plan = Plan.parse((await stage.call(route, { body, query: { dryRun: "true" } })).json);
    expect(plan.items.find(({ vm }) => vm?.id === "main/110")).toMatchObject({
      willRun: false,
      code: "inventory.stale",
      because: expect.stringMatching(/^what is known of main\/110 is \d+ min old$/),
    });
  }
  const answer = await stage.call(BulkDelete, { body: { select: { tags: "scrap" }, force: true } });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "selector.unfit" } }]);
  expect(writesTo(stage)).toEqual({});
});

test("A1: a listing that is not believed renews the guests that it shows, and the others keep their age", async () => {
  const stage = await lab({ mode: "off" });
  await retag(stage, { [VMID]: "moxxie;scrap" });
  const known = stage.clock.now().toISOString();
  const gone = Object.keys(stage.simulator.state.guests).filter((vmid) => vmid !== String(VMID));
  for (const vmid of gone.slice(0, 7)) Reflect.deleteProperty(stage.simulator.state.guests, vmid);
  guestOf(stage).config["tags"] = "moxxie;production";
  await ticks(stage, 5);
  const { items, asOf, partial, codes } = await listOf(stage);
  expect([items.length, asOf, partial]).toEqual([24, stage.clock.now().toISOString(), true]);
  expect(codes).toEqual(["inventory.suspect", "vm.unknown"]);
  const absent = items.filter(({ vmid }) => gone.slice(0, 7).includes(String(vmid)));
  expect(absent.map(({ toldAt }) => toldAt)).toEqual(Array(7).fill(known));
  expect(items.find(({ vmid }) => vmid === VMID)?.tags).toEqual(["moxxie", "production"]);
  const answer = await stage.call(BulkDelete, { body: { select: { tags: "scrap" } } });
  expect(Operation.parse(answer.json).progress.total).toBe(0);
  await ticks(stage, 7);
  expect((await listOf(stage)).items).toHaveLength(17);
});

test.for([1, 5, 60])(
  "A1: what a clock %i min ahead has dated is of no known age: it is listed anew, and chooses nothing",
  async (minutes) => {
    const stage = await lab({ mode: "off" });
    await retag(stage, { [VMID]: "moxxie;scrap" });
    const later = () => new Date(stage.clock.now().getTime() + minutes * MINUTE);
    const clock = { ...stage.world.clock, now: later };
    await stage.clock.until(poll({ ...stage.world, clock }, "main"));
    const match = { method: "GET", path: "/cluster/resources" };
    const fault = stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "got timeout" });
    expect((await listOf(stage)).codes).toContain("inventory.stale");
    const select = { tags: "scrap" };
    const refused = await stage.call(BulkDelete, { body: { select } });
    expect(refused).toMatchObject({ status: 503, json: { code: "inventory.stale" } });
    stage.simulator.faults.remove(fault);
    guestOf(stage).config["tags"] = "moxxie";
    const answer = await stage.call(BulkDelete, { body: { select } });
    expect(Operation.parse(answer.json).progress.total).toBe(0);
    expect(await listOf(stage)).toMatchObject({ asOf: stage.clock.now().toISOString(), partial: false });
    await stage.clock.until(poll({ ...stage.world, clock }, "main"));
    await ticks(stage, 1);
    expect((await listOf(stage)).asOf).toBe(stage.clock.now().toISOString());
  },
);

/** Leaves the token of the cluster the guests of one pool. */
function narrow({ simulator }: Lab) {
  const { tokens, acls } = simulator.state;
  Object.assign(tokens["root@pam!main"] ?? {}, { privsep: true });
  const acl = { type: "token", ugid: "root@pam!main", roleid: "Administrator", propagate: true } as const;
  acls.splice(0, acls.length, ...["/pool/acme", "/storage", "/nodes"].map((path) => ({ ...acl, path })));
}

test("B6: a token that sees some guests only is told of for as long as it does", async () => {
  const stage = await lab();
  const before = [...stage.simulator.state.acls];
  narrow(stage);
  await ticks(stage, 14);
  const list = await listOf(stage);
  expect(list.items.length).toBeLessThan(24);
  expect(list).toMatchObject({ partial: true, codes: ["proxmox.privilege"] });
  const body = { select: { all: true }, storage: "backup" };
  const answer = await stage.call(BulkBackups, { body });
  expect(Partial.parse(answer.json)).toMatchObject({
    partial: true,
    warnings: [{ code: "proxmox.privilege" }],
  });
  Object.assign(stage.simulator.state.tokens["root@pam!main"] ?? {}, { privsep: false });
  stage.simulator.state.acls.splice(0, Infinity, ...before);
  await ticks(stage, 1);
  expect(await listOf(stage)).toMatchObject({ partial: false, codes: [] });
});

test("B6: a token that sees some guests only is told of from the first listing of a cluster on", async () => {
  const stage = await lab();
  narrow(stage);
  await stage.store.write([{ table: "State", remove: { pk: "inventory#main", sk: "header" } }]);
  expect(await listOf(stage)).toMatchObject({ partial: true, codes: ["proxmox.privilege"] });
  await ticks(stage, 1);
  expect(await listOf(stage)).toMatchObject({ partial: true, codes: ["proxmox.privilege"] });
});

test("B6: rights that a token loses on few guests are noticed within five minutes", async () => {
  const stage = await lab();
  const { acls, tokens, guests } = stage.simulator.state;
  const acl = { type: "token", ugid: "root@pam!main", roleid: "Administrator", propagate: true } as const;
  Object.assign(tokens["root@pam!main"] ?? {}, { privsep: true });
  const seen = Object.keys(guests).slice(0, 22);
  const paths = ["/storage", "/nodes", ...seen.map((vmid) => `/vms/${vmid}`)];
  acls.splice(0, acls.length, ...paths.map((path) => ({ ...acl, path })));
  await ticks(stage, 6);
  expect(await listOf(stage)).toMatchObject({ partial: true, codes: ["proxmox.privilege"] });
});
