import * as z from "zod";
import { expect, test } from "vitest";
import * as Clusters from "../../../../core/inventory/index.ts";
import { spec } from "../../../../functions/api/backups/prune.ts";
import { placeBackup } from "../../../kit/backup.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const route = { spec };
const DELETE = "DELETE /nodes/{node}/storage/{storage}/content/{volume}";

const Shown = z.strictObject({
  kind: z.literal("backup.prune"),
  items: z.array(
    z.strictObject({
      volid: z.string(),
      vm: z.string(),
      createdAt: z.string(),
      keep: z.boolean(),
      because: z.string().min(1),
    }),
  ),
  summary: z.strictObject({ keep: z.number(), remove: z.number() }),
  partial: z.literal(true).optional(),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })).optional(),
});

/** A stage whose guest 102 has one backup a day, the newest of today. */
async function withDaily(
  count: number,
  more: (day: number) => Record<string, unknown> = () => ({}),
): Promise<Lab> {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  for (let day = 0; day < count; day++) {
    const at = new Date(Date.parse("2026-11-23T02:00:00Z") - day * 86_400_000).toISOString();
    placeBackup(stage, 102, at, more(day));
  }
  return stage;
}

const days = (stage: Lab, vmid = 102) =>
  stage.simulator.state.volumes
    .filter((one) => one.content === "backup" && one.vmid === vmid)
    .map(({ ctime }) => new Date(ctime * 1000).toISOString().slice(0, 10))
    .toSorted()
    .toReversed();

const dry = async (stage: Lab, body: Record<string, unknown>) => {
  const answer = await changingNothing(stage, () => stage.call(route, { query: { dryRun: "true" }, body }));
  expect(answer.status).toBe(200);
  return Shown.parse(answer.json);
};

const body = { select: { vmids: [102] }, keep: { last: 2, weekly: 1 } };

test("202: what a dry run said goes, and nothing else; each deletion is audited", async () => {
  const stage = await withDaily(10);
  const { items, summary } = await dry(stage, body);
  expect(summary).toEqual({ keep: 3, remove: 7 });
  expect(items.filter(({ keep }) => keep).map(({ because }) => because)).toEqual([
    "keep-last 1 of 2",
    "keep-last 2 of 2",
    "keep-weekly 2026-W46",
  ]);
  const { operation } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation).toMatchObject({
    kind: "backup.prune",
    state: "succeeded",
    progress: { total: 7, succeeded: 7 },
  });
  expect(days(stage)).toEqual(["2026-11-23", "2026-11-22", "2026-11-15"]);
  expect(writesTo(stage)).toEqual({ [DELETE]: 7 });
  const rows = await auditOf(stage, { action: "backup.delete" });
  expect(rows.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(7);
});

test("202: a protected backup stays and does not count; nor does one that is protected after the plan", async () => {
  const stage = await withDaily(4, (day) => (day === 0 ? { protected: true } : {}));
  const answer = await stage.call(route, { body: { ...body, keep: { last: 1 } } });
  const late = stage.simulator.state.volumes.find(
    ({ ctime }) => ctime === Date.parse("2026-11-20T02:00:00Z") / 1000,
  );
  if (late) late.protected = true;
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation.progress).toMatchObject({ succeeded: 1, skipped: 1 });
  expect(items.find(({ state }) => state === "skipped")?.error?.code).toBe("backup.protected");
  expect(days(stage)).toEqual(["2026-11-23", "2026-11-22", "2026-11-20"]);
});

test("F53: a guest whose newest backup failed keeps all that it has", async () => {
  const stage = await withDaily(5);
  const Create = await import("../../../../functions/api/vms/backups/create.ts");
  Object.assign(stage.simulator.state.storages["backup"] ?? {}, { full: true });
  const path = { cluster: "main", vmid: 102 };
  const failed = await carriedOut(stage, await stage.call(Create, { path, body: { storage: "backup" } }));
  expect(failed.items).toMatchObject([{ state: "failed" }]);
  stage.simulator.resetCounters();
  const { items, summary } = await dry(stage, body);
  expect(summary).toEqual({ keep: 5, remove: 0 });
  expect(items.at(-1)?.because).toContain("the newest backup failed at 2026-11-23T12:00");
});

test("202: a guest whose node is away keeps all that it has: nobody knows how its newest backup came out", async () => {
  const stage = await withDaily(5);
  const node = stage.simulator.state.guests[102]?.node ?? "";
  stage.simulator.inflict({ do: "node-offline", node });
  await stage.clock.advance(60_000);
  await stage.clock.until(Clusters.poll(stage.world, "main"));
  stage.simulator.resetCounters();
  const { items, summary } = await dry(stage, body);
  expect(summary).toEqual({ keep: 5, remove: 0 });
  expect(items.at(-1)?.because).toContain(`node ${node} is away`);
});

test("503: a cluster that shows far fewer guests than before is not pruned", async () => {
  const stage = await withDaily(5);
  for (const vmid of Object.keys(stage.simulator.state.guests))
    if (Number(vmid) !== 102) delete stage.simulator.state.guests[Number(vmid)];
  await stage.clock.until(Clusters.poll(stage.world, "main"));
  stage.simulator.resetCounters();
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer).toMatchObject({ status: 503, json: { code: "inventory.suspect" } });
});

test("202: a storage that shows a fifth fewer backups than after the last prune is left alone, unless by force", async () => {
  const stage = await withDaily(20);
  await carriedOut(stage, await stage.call(route, { body: { ...body, keep: { last: 10 } } }));
  const kept = stage.simulator.state.volumes.filter(({ content }) => content === "backup");
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(
    (one) => !kept.slice(0, 3).includes(one),
  );
  stage.simulator.resetCounters();
  const first = await dry(stage, { ...body, keep: { last: 1 } });
  expect(first.summary).toEqual({ keep: 7, remove: 0 });
  expect(first.items.at(-1)?.because).toContain("the storage shows 7 backups, and held 10");
  expect((await dry(stage, { ...body, keep: { last: 1 }, force: true })).summary).toEqual({
    keep: 1,
    remove: 6,
  });
});

test("202: guests that safe mode keeps, and those that are not chosen, keep their backups", async () => {
  const stage = await withDaily(3);
  for (const day of ["20", "21", "22"]) placeBackup(stage, 107, `2026-11-${day}T02:00:00Z`);
  for (const day of ["20", "21", "22"]) placeBackup(stage, 104, `2026-11-${day}T02:00:00Z`);
  const select = { vmids: [102, 107] };
  const { items } = await dry(stage, { select, keep: { last: 1 } });
  expect(items.filter(({ vm }) => vm === "main/107").map(({ keep }) => keep)).toEqual([true, true, true]);
  await carriedOut(stage, await stage.call(route, { body: { select, keep: { last: 1 } } }));
  expect([days(stage).length, days(stage, 107).length, days(stage, 104).length]).toEqual([1, 3, 3]);
});

test("202: the original's policies are understood, and days are those of the wall clock that is named", async () => {
  const stage = await withDaily(10);
  expect((await dry(stage, { ...body, keep: "days:7" })).summary).toEqual({ keep: 7, remove: 3 });
  expect((await dry(stage, { ...body, keep: "count:3" })).summary).toEqual({ keep: 3, remove: 7 });
  const [first] = (await dry(stage, { ...body, keep: { daily: 1 }, timezone: "America/New_York" })).items;
  expect(first?.because).toBe("keep-daily 2026-11-22");
});

test.each([
  [{ select: { vmids: [102] } }, "/keep"],
  [{ select: { vmids: [102] }, keep: {} }, "/keep"],
  [{ select: { vmids: [102] }, keep: { last: 0 } }, "/keep"],
  [{ select: { vmids: [102] }, keep: "days:0" }, "/keep"],
  [{ select: {}, keep: { last: 1 } }, "/select"],
  [{ ...body, timezone: "Mars/Olympus" }, "/timezone"],
  [{ ...body, keepp: 1 }, "/keepp"],
])("400: %j; nothing is removed, and Proxmox is never asked", async (wrong, pointer) => {
  const stage = await withDaily(3);
  const answer = await changingNothing(stage, () => stage.call(route, { body: wrong }));
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.json)).toContain(`"pointer":"${pointer}`);
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("B6: 400: a storage that is nowhere is named, in a dry run too; one that does not tell is not called missing", async () => {
  const stage = await withDaily(3);
  for (const query of [{}, { dryRun: "true" }]) {
    const answer = await changingNothing(stage, () =>
      stage.call(route, { query, body: { ...body, storage: "nope" } }),
    );
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/storage" }] } });
  }
  stage.simulator.inflict({ do: "node-offline", node: "pve3" });
  await stage.clock.advance(60_000);
  await stage.clock.until(Clusters.poll(stage.world, "main"));
  stage.simulator.resetCounters();
  const { warnings } = await dry(stage, { ...body, storage: "nope" });
  expect(warnings?.length).toBeGreaterThan(0);
});

test("B6: where no guest is chosen, no storage is asked for, and none is called missing", async () => {
  const stage = await withDaily(1);
  const { items } = await dry(stage, { ...body, select: { tags: "nobody-has-this" }, storage: "nope" });
  expect(items).toEqual([]);
});
