import { expect, test } from "vitest";
import * as Restore from "../../../functions/api/backups/restore.ts";
import * as List from "../../../functions/api/vms/list.ts";
import * as RollBack from "../../../functions/api/vms/snapshots/rollback.ts";
import * as Start from "../../../functions/api/vms/start.ts";
import * as AddTags from "../../../functions/api/vms/tags/add.ts";
import * as GetTags from "../../../functions/api/vms/tags/get.ts";
import { placeBackup } from "../../kit/backup.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut } from "../../kit/proof.ts";
import { List as ListOf, Vm } from "../../kit/shape.ts";

const at = (vmid: number) => ({ cluster: "main", vmid });

/** Somebody's call had the cluster listed a moment ago. */
const listedNow = (stage: Lab) => stage.call(List, { query: { fresh: "true" } });

async function rowOf(stage: Lab, vmid: number) {
  const { json } = await stage.call(List, { query: { limit: "200" } });
  return ListOf(Vm)
    .parse(json)
    .items.find((one) => one.vmid === vmid);
}

test("B16: tags that were written are those that are read once the operation says that it has ended", async () => {
  const stage = await lab();
  for (const tag of ["one", "two", "three"]) {
    await listedNow(stage);
    await carriedOut(stage, await stage.call(AddTags, { path: at(102), body: { tags: [tag] } }));
    const { json } = await stage.call(GetTags, { path: at(102) });
    expect(json).toMatchObject({ tags: expect.arrayContaining([tag]) });
  }
});

test("B3: a restored guest is listed, and a rollback's stop is seen, once their operations say that they have ended", async () => {
  const stage = await lab();
  const volid = placeBackup(stage, 102, "2026-11-20T02:00:00Z");
  const body = { volid, vmid: 5101, node: "pve1", storage: "nfs" };
  await carriedOut(stage, await stage.call(Restore, { path: { cluster: "main" }, body }));
  expect(await rowOf(stage, 5101)).toMatchObject({
    status: "stopped",
    tags: expect.arrayContaining(["moxxie"]),
  });
  const guest = stage.simulator.state.guests["102"];
  if (!guest) throw new Error("there is no guest 102");
  guest.snapshots = { before: { config: guest.config, snaptime: 1, description: "" } };
  expect(await rowOf(stage, 102)).toMatchObject({ status: "running" });
  await carriedOut(stage, await stage.call(RollBack, { path: { ...at(102), name: "before" }, body: {} }));
  expect(await rowOf(stage, 102)).toMatchObject({ status: "stopped" });
  await carriedOut(stage, await stage.call(Start, { path: at(102), body: {} }));
  expect(await rowOf(stage, 102)).toMatchObject({ status: "running" });
});

test("B3: an operation ends although its cluster cannot be listed any more", async () => {
  const stage = await lab();
  const answer = await stage.call(AddTags, { path: at(102), body: { tags: ["one"] } });
  stage.simulator.faults.add({ match: { path: "/cluster/resources" }, do: "cut-before" });
  expect((await carriedOut(stage, answer)).operation).toMatchObject({ state: "succeeded" });
});
