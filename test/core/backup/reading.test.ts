import { expect, test } from "vitest";
import * as Delete from "../../../functions/api/backups/delete.ts";
import * as List from "../../../functions/api/backups/list.ts";
import { idOf, placeBackup } from "../../kit/backup.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut } from "../../kit/proof.ts";

async function stageOf() {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  const shared = placeBackup(stage, 102, "2026-11-20T02:00:00Z");
  const local = placeBackup(stage, 102, "2026-11-21T02:00:00Z", { storage: "local", node: "pve2" });
  return { stage, shared, local };
}

const listed = async (stage: Lab, query: Record<string, string> = {}) =>
  (await stage.call(List, { query })).json;

test("backups on a shared storage are listed whichever of its nodes is away, and deleted through one that is there", async () => {
  for (const node of ["pve2", "pve3"]) {
    const { stage, shared } = await stageOf();
    const storage = stage.simulator.state.storages["backup"];
    if (storage) storage.nodes = ["pve2", "pve3"];
    stage.simulator.inflict({ do: "node-offline", node });
    await stage.clock.advance(120_000);
    expect(await listed(stage)).toMatchObject({
      partial: true,
      items: expect.arrayContaining([expect.objectContaining({ volid: shared })]),
    });
    const guest = stage.simulator.state.guests[102];
    if (guest?.node === node) continue;
    const answer = await stage.call(Delete, { path: { cluster: "main", backup: idOf(shared) } });
    expect((await carriedOut(stage, answer)).items).toMatchObject([{ state: "succeeded" }]);
  }
});

test("by node only what that node reaches is listed", async () => {
  const { stage, shared, local } = await stageOf();
  const storage = stage.simulator.state.storages["backup"];
  if (storage) storage.nodes = ["pve1"];
  expect(await listed(stage, { node: "pve2" })).toMatchObject({ items: [{ volid: local, node: "pve2" }] });
  expect(await listed(stage, { node: "pve1" })).toMatchObject({ items: [{ volid: shared, node: null }] });
});

test("of a guest of one cluster nothing is listed by another cluster", async () => {
  const { stage } = await stageOf();
  expect(await listed(stage, { vm: "main/102" })).toMatchObject({ items: [{}, {}] });
  expect(await listed(stage, { vm: "main/102", cluster: "other" })).toMatchObject({ items: [] });
});
