import { expect, test } from "vitest";
import { spec as bulkMigrate } from "../../functions/api/bulk/migrate.ts";
import { spec as bulkPower } from "../../functions/api/bulk/power.ts";
import { spec as bulkSnapshots } from "../../functions/api/bulk/snapshots.ts";
import { spec as bulkTags } from "../../functions/api/bulk/tags.ts";
import { spec as clone } from "../../functions/api/vms/clone.ts";
import { spec as cloudInit } from "../../functions/api/vms/cloud-init/put.ts";
import { spec as config } from "../../functions/api/vms/config/patch.ts";
import { spec as openConsole } from "../../functions/api/vms/console.ts";
import { spec as create } from "../../functions/api/vms/create.ts";
import { spec as remove } from "../../functions/api/vms/delete.ts";
import { spec as fromTemplate } from "../../functions/api/vms/from-template.ts";

import { spec as migrate } from "../../functions/api/vms/migrate/post.ts";
import { spec as move } from "../../functions/api/vms/move-disk.ts";
import { spec as resize } from "../../functions/api/vms/resize-disk.ts";
import { spec as stop } from "../../functions/api/vms/stop.ts";
import { spec as tags } from "../../functions/api/vms/tags/add.ts";
import { spec as template } from "../../functions/api/vms/template.ts";
import { lab, type Lab } from "../kit/lab.ts";
import { carriedOut } from "../kit/proof.ts";
import { retag } from "../kit/retag.ts";

const GIB = 1024 ** 3;
const vmids = [102, 104, 108];
const at = (vmid: number) => ({ cluster: "main", vmid });
const here = { cluster: "main" };
const grown = {
  name: "a",
  template: "main/9000",
  resize: { scsi0: 64 * GIB },
  start: true,
  readyWithin: "0s",
};
const placed = { name: "a", memoryBytes: GIB, disks: [{ storage: "nfs", sizeBytes: GIB }] };
const furnished = {
  ...placed,
  disks: [{ storage: "nfs", importFrom: "nfs:103/vm-103-disk-0.qcow2" }],
  networks: [{ bridge: "vmbr0" }],
  pool: "acme",
};
const named = { name: "a", memoryBytes: GIB, vmid: 900, node: "pve1", start: true };

/** Requests by kind, those for tasks apart: these are shared by all that a node or a cluster is at. */
function asked({ simulator }: Lab) {
  const sums = { listings: 0, looks: 0, writes: 0 };
  for (const [name, { requests }] of Object.entries(simulator.counters().calls)) {
    if (name === "GET /cluster/resources") sums.listings += requests;
    else if (!name.startsWith("GET ")) sums.writes += requests;
    else if (!name.includes("/tasks")) sums.looks += requests;
  }
  return sums;
}

/** Listings, looks and writes of the plan; looks and writes of all that follows: listings are shared then. */
test.for([
  ["power of one guest", stop, at(102), {}, "1 1 0", "2 1"],
  ["power of three guests", bulkPower, {}, { select: { vmids }, action: "stop" }, "0 0 0", "6 3"],
  ["change of a configuration", config, at(102), { cpu: { cores: 3 } }, "1 1 0", "1 1"],
  ["resize of a disk", resize, at(102), { disk: "scsi0", sizeBytes: 64 * GIB }, "1 1 0", "1 1"],
  ["move of a disk", move, at(102), { disk: "scsi0", storage: "nfs" }, "2 1 0", "1 1"],
  ["migration", migrate, at(102), { target: "pve3" }, "2 3 0", "3 1"],
  ["migration of two guests", bulkMigrate, {}, { select: { vmids: [102, 108] } }, "1 5 0", "6 2"],
  ["template", template, at(110), {}, "1 3 0", "2 1"],
  ["deletion", remove, at(110), {}, "1 2 0", "2 1"],
  ["deletion of one that runs", remove, at(102), { force: true }, "1 2 0", "5 2"],
  ["clone", clone, at(102), {}, "1 1 0", "2 1"],
  ["clone of a foreign template", clone, at(9000), {}, "1 2 0", "2 2"],
  [
    "clone to a storage and a VMID",
    clone,
    at(102),
    { full: true, storage: "nfs", newVmid: 900 },
    "2 2 0",
    "1 1",
  ],
  ["create", create, here, placed, "1 1 0", "2 1"],
  ["create with all that is named, and start", create, here, named, "1 1 0", "2 2"],
  ["create with a pool, a card and a disk of shared storage", create, here, furnished, "2 6 0", "2 1"],
  ["from a template", fromTemplate, here, grown, "1 2 0", "3 4"],
  ["cloud-init", cloudInit, at(110), { user: "ops" }, "1 1 0", "1 2"],
  ["snapshot of three guests", bulkSnapshots, {}, { select: { vmids } }, "0 3 0", "0 3"],
  ["the same with memory", bulkSnapshots, {}, { select: { vmids }, memory: true }, "0 3 0", "3 3"],
  ["tags of one guest", tags, at(102), { tags: ["zz"] }, "1 0 0", "1 1"],
  ["tags of three guests", bulkTags, {}, { select: { vmids }, add: ["zz"] }, "0 0 0", "3 3"],
] as const)("%s: as few requests as docs/architecture.md says", async ([, spec, path, input, plan, rest]) => {
  const stage = await lab({ mode: "off" });
  const isDelete = spec.method === "DELETE";
  const query = isDelete && "force" in input ? { force: "true" } : {};
  const answer = await stage.call({ spec }, { path, query, ...(isDelete ? {} : { body: input }) });
  const planned = asked(stage);
  expect(`${planned.listings} ${planned.looks} ${planned.writes}`).toBe(plan);
  await carriedOut(stage, answer);
  const { looks, writes } = asked(stage);
  expect(`${looks - planned.looks} ${writes - planned.writes}`).toBe(rest);
});

/** Where tags decide, an item whose action looks at its guest anyway asks no more than without; any other looks once more. */
test.for([
  ["power of three guests", bulkPower, {}, { select: { vmids }, action: "stop" }, "6 3"],
  ["change of a configuration", config, at(102), { cpu: { cores: 3 } }, "1 1"],
  ["resize of a disk", resize, at(102), { disk: "scsi0", sizeBytes: 64 * GIB }, "2 1"],
  ["move of a disk", move, at(102), { disk: "scsi0", storage: "nfs" }, "2 1"],
  ["migration", migrate, at(102), { target: "pve3" }, "3 1"],
  ["template", template, at(110), {}, "2 1"],
  ["deletion", remove, at(110), {}, "2 1"],
  ["clone", clone, at(102), {}, "3 1"],
  ["cloud-init", cloudInit, at(110), { user: "ops" }, "3 2"],
  ["snapshot of three guests", bulkSnapshots, {}, { select: { vmids } }, "3 3"],
  ["tags of three guests", bulkTags, {}, { select: { vmids }, add: ["zz"] }, "3 3"],
] as const)(
  "A1: %s in strict: as many looks as docs/architecture.md says",
  async ([, spec, path, input, rest]) => {
    const stage = await lab({ mode: "strict" });
    await retag(stage, Object.fromEntries([...vmids, 110].map((vmid) => [vmid, "moxxie"])));
    const answer = await stage.call({ spec }, { path, ...(spec.method === "DELETE" ? {} : { body: input }) });
    const planned = asked(stage);
    await carriedOut(stage, answer);
    const { looks, writes } = asked(stage);
    expect(`${looks - planned.looks} ${writes - planned.writes}`).toBe(rest);
  },
);

test("A1: a snapshot of many in permissive takes no look, since no tag could forbid it", async () => {
  const stage = await lab({ mode: "permissive" });
  const answer = await stage.call({ spec: bulkSnapshots }, { body: { select: { vmids } } });
  const planned = asked(stage);
  await carriedOut(stage, answer);
  expect(asked(stage)).toMatchObject({ looks: planned.looks, writes: 3 });
});

test.for([
  [102, { kind: "vnc" }, "1 2 1"],
  [102, { kind: "terminal" }, "1 2 1"],
  [102, { kind: "spice" }, "1 2 1"],
  [201, { kind: "terminal" }, "1 1 1"],
] as const)(
  "a console of %i by %j: as few requests as docs/architecture.md says",
  async ([vmid, body, all]) => {
    const stage = await lab();
    Object.assign(stage.simulator.state.guests[vmid]?.config ?? {}, { vga: "qxl", serial0: "socket" });
    expect((await stage.call({ spec: openConsole }, { path: at(vmid), body })).status).toBe(201);
    const { listings, looks, writes } = asked(stage);
    expect(`${listings} ${looks} ${writes}`).toBe(all);
  },
);
