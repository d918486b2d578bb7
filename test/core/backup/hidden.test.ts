import * as z from "zod";
import { expect, test } from "vitest";
import { poll } from "../../../core/inventory/index.ts";
import * as Coverage from "../../../functions/api/backups/coverage.ts";
import * as Backups from "../../../functions/api/backups/list.ts";
import * as Prune from "../../../functions/api/backups/prune.ts";
import * as OfGuest from "../../../functions/api/vms/backups/list.ts";
import { placeBackup } from "../../kit/backup.ts";
import { lab, type Lab } from "../../kit/lab.ts";

/** A role on a path. */
type Grant = readonly [path: string, role: string];

const AUDITOR: Grant = ["/", "PVEAuditor"];
const SPACE: Grant = ["/storage", "PVEDatastoreUser"];

/** A stage with two backups of guests 101 and 102, whose token has these rights alone. */
async function withGrants(...grants: readonly Grant[]): Promise<Lab> {
  const stage = await lab({ mode: "off" });
  const { state } = stage.simulator;
  state.volumes = state.volumes.filter(({ content }) => content !== "backup");
  for (const vmid of [101, 102])
    for (const day of ["21", "22"]) placeBackup(stage, vmid, `2026-11-${day}T02:00:00Z`);
  for (const token of Object.values(state.tokens)) token.privsep = true;
  const [ugid = ""] = Object.keys(state.tokens);
  state.acls = grants.map(([path, roleid]) => ({ path, roleid, ugid, type: "token", propagate: true }));
  await stage.clock.until(poll(stage.world, "main"));
  return stage;
}

const Shown = z.object({
  items: z.array(z.looseObject({})),
  partial: z.boolean(),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
});
type Route = Parameters<Lab["call"]>[0];
type Request = Parameters<Lab["call"]>[1];

const shown = async (stage: Lab, route: Route, request: Request = {}) =>
  Shown.parse((await stage.call(route, request)).json);

test.each([
  ["no privilege on a storage", [AUDITOR], 0, "Datastore.AllocateSpace on /storage/backup"],
  ["none on guests", [AUDITOR, SPACE], 0, "VM.Backup on /vms"],
  ["one on one guest", [AUDITOR, SPACE, ["/vms/102", "PVEVMUser"]], 2, "VM.Backup on /vms"],
] as const)("B6: a token with %s gets a list of backups that says so", async (_, grants, count, lack) => {
  const stage = await withGrants(...grants);
  const list = await shown(stage, Backups);
  expect(list.items).toHaveLength(count);
  expect(list).toMatchObject({ partial: true, warnings: [{ code: "proxmox.privilege" }] });
  expect(list.warnings[0]?.detail).toContain(lack);
});

test.each([
  ["VM.Backup on all guests", [AUDITOR, SPACE, ["/vms", "PVEVMUser"]]],
  ["Datastore.Allocate", [AUDITOR, ["/storage", "PVEDatastoreAdmin"]]],
] as const)("B6: a token with %s sees all backups, and is warned of nothing", async (_, grants) => {
  const stage = await withGrants(...grants);
  const list = await shown(stage, Backups);
  expect(list.items).toHaveLength(4);
  expect(list).toMatchObject({ partial: false, warnings: [] });
});

test("B6: of one guest it counts what may be seen of that one", async () => {
  const stage = await withGrants(AUDITOR, SPACE, ["/vms/102", "PVEVMUser"]);
  const of = (vmid: number) => shown(stage, OfGuest, { path: { cluster: "main", vmid } });
  expect(await of(102)).toMatchObject({ items: [{}, {}], partial: false, warnings: [] });
  expect(await of(101)).toMatchObject({
    items: [],
    partial: true,
    warnings: [{ detail: expect.stringContaining("VM.Backup on /vms/101") }],
  });
});

test("B6: nobody is said to have no backup where the token may not see them, and a prune says what it did not see", async () => {
  const stage = await withGrants(AUDITOR, SPACE);
  const told = { partial: true, warnings: [{ code: "proxmox.privilege" }] };
  const { summary } = z
    .looseObject({ summary: z.record(z.string(), z.number()) })
    .parse((await stage.call(Coverage)).json);
  expect(summary["missing"]).toBe(0);
  expect(await shown(stage, Coverage)).toMatchObject(told);
  const body = { select: { vmids: [102] }, keep: { last: 1 } };
  const dry = await stage.call(Prune, { query: { dryRun: "true" }, body });
  expect(dry.json).toMatchObject({ items: [], ...told });
  expect((await stage.call(Prune, { body })).json).toMatchObject(told);
});
