import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/backups/coverage.ts";
import { placeBackup } from "../../../kit/backup.ts";
import { lab } from "../../../kit/lab.ts";
import { writesTo } from "../../../kit/proof.ts";

const route = { spec };

async function stageOf() {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  placeBackup(stage, 101, "2026-11-23T02:00:00Z");
  placeBackup(stage, 102, "2026-11-20T02:00:00Z");
  placeBackup(stage, 4711, "2026-11-01T02:00:00Z");
  placeBackup(stage, 4711, "2026-10-01T02:00:00Z");
  return stage;
}

test("200: who is covered, late or without, with sums, orphans and the growth of each storage; nothing is changed", async () => {
  const stage = await stageOf();
  const all = await stage.call(route, { query: { limit: "200" } });
  expect(all).toMatchObject({
    status: 200,
    json: {
      partial: false,
      summary: { protected: 1, late: 1, unverified: 0, unknown: 0 },
      orphans: [{ vm: "main/4711", backups: 2, sizeBytes: 2000, newest: "2026-11-01T02:00:00.000Z" }],
      storages: [
        { storage: "backup", backups: 4, sizeBytes: 4000, lastWeekBytes: 2000, lastMonthBytes: 3000 },
      ],
    },
  });
  const late = await stage.call(route, { query: { state: "late" } });
  expect(late.json).toMatchObject({
    items: [{ vm: { id: "main/102" }, lastBackup: "2026-11-20T02:00:00.000Z" }],
  });
  const patient = await stage.call(route, { query: { maxAge: "7d", tags: "moxxie" } });
  expect(patient.json).toMatchObject({ summary: { protected: 2, late: 0 } });
  expect(writesTo(stage)).toEqual({});
});

test("200: where a storage tells nothing, guests without a backup are unknown, and the answer is partial", async () => {
  const stage = await stageOf();
  const match = { method: "GET", path: "/nodes/pve1/storage/local/content" };
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "storage 'local' is not online" });
  const { json } = await stage.call(route, {});
  expect(json).toMatchObject({ partial: true, summary: { protected: 1, late: 0, missing: 0 } });
});

test("400: a misspelt filter or an age that is none", async () => {
  const stage = await stageOf();
  for (const query of [{ maxAge: "soon" }, { stat: "late" }, { state: "lost" }])
    expect(await stage.call(route, { query })).toMatchObject({ status: 400 });
});
