import { expect, test } from "vitest";
import { poll } from "../../../core/inventory/index.ts";
import * as Prune from "../../../functions/api/backups/prune.ts";
import * as Restore from "../../../functions/api/backups/restore.ts";
import * as Create from "../../../functions/api/vms/backups/create.ts";
import { placeBackup } from "../../kit/backup.ts";
import { bench } from "../../kit/bench.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut, writesTo } from "../../kit/proof.ts";
import { Operation } from "../../kit/shape.ts";

const DELETE = "DELETE /nodes/{node}/storage/{storage}/content/{volume}";

async function withBackups(...days: string[]) {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  const volids = days.map((day) => placeBackup(stage, 102, `2026-11-${day}T02:00:00Z`));
  return { stage, volids };
}

const backupsOf = (stage: Pick<Lab, "simulator">) =>
  stage.simulator.state.volumes.filter(({ content }) => content === "backup").map(({ volid }) => volid);

const prune = (stage: Lab) =>
  stage.call(Prune, { body: { select: { vmids: [102] }, keep: { last: 1 }, maxConcurrency: 1 } });

test("a prune whose kept backup got lost while it waited removes none of the others", async () => {
  const { stage, volids } = await withBackups("20", "21", "22");
  const answer = await prune(stage);
  const { volumes } = stage.simulator.state;
  stage.simulator.state.volumes = volumes.filter(({ volid }) => volid !== volids[2]);
  const { items } = await carriedOut(stage, answer);
  expect(items.map(({ error }) => error?.code)).toEqual(["backup.last-good", "backup.last-good"]);
  expect(backupsOf(stage)).toEqual(volids.slice(0, 2));
  expect(writesTo(stage)[DELETE]).toBeUndefined();
});

test("a prune whose kept backup turned out bad while it waited removes none of the others", async () => {
  const { stage, volids } = await withBackups("20", "21", "22");
  const answer = await prune(stage);
  const kept = stage.simulator.state.volumes.find(({ volid }) => volid === volids[2]);
  Object.assign(kept ?? {}, { verification: { state: "failed", upid: "" } });
  const { items } = await carriedOut(stage, answer);
  expect(items.map(({ error }) => error?.code)).toEqual(["backup.last-good", "backup.last-good"]);
  expect(backupsOf(stage)).toEqual(volids);
});

test("A4: a prune whose kept backup got lost does not take those that are dated in the future for good ones", async () => {
  const { stage, volids } = await withBackups("21", "22");
  for (const day of ["01", "02", "03", "04", "05"]) placeBackup(stage, 102, `2030-01-${day}T02:00:00Z`);
  const answer = await prune(stage);
  const { volumes } = stage.simulator.state;
  stage.simulator.state.volumes = volumes.filter(({ volid }) => volid !== volids[1]);
  const { items } = await carriedOut(stage, answer);
  expect(items.map(({ error }) => error?.code)).toEqual(["backup.last-good"]);
  expect(backupsOf(stage)).toContain(volids[0]);
});

test("a restore by force does not replace another guest that got the VMID while it waited", async () => {
  const { stage, volids } = await withBackups("20");
  const guest = stage.simulator.state.guests[102];
  if (guest) guest.status = "stopped";
  const body = { volid: volids[0], vmid: 102, force: true };
  const answer = await stage.call(Restore, { path: { cluster: "main" }, body });
  if (guest)
    stage.simulator.state.guests[102] = { ...guest, config: { name: "somebody-elses", tags: "moxxie" } };
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "vm.changed" } }]);
  expect(stage.simulator.state.guests[102]?.config).toEqual({ name: "somebody-elses", tags: "moxxie" });
  expect(writesTo(stage)).toEqual({});
});

test("a guest that is to be started after its restore runs in the end, also when the answer to its start is lost", async () => {
  const b = await bench({ speed: 1000 });
  const volid = placeBackup(b, 102, "2026-11-20T02:00:00Z");
  const starts = { method: "POST", path: "/nodes/{node}/qemu/{vmid}/status/start", times: 1 };
  b.simulator.faults.add({ match: starts, do: "answer", status: 596, reason: "Broken pipe" });
  const body = { volid, vmid: 5101, start: true };
  const answer = await b.call(Restore, { path: { cluster: "main" }, body });
  await b.live(Operation.parse(answer.json).id);
  expect(b.simulator.state.guests[5101]?.status).toBe("running");
});

test("a guest that became always-on while its backup waited is not stopped for it", async () => {
  const { stage } = await withBackups();
  const path = { cluster: "main", vmid: 102 };
  const answer = await stage.call(Create, { path, body: { storage: "backup", mode: "stop" } });
  const guest = stage.simulator.state.guests[102];
  if (guest) guest.config["tags"] = `${guest.config["tags"] ?? ""};always-on`;
  await stage.clock.until(poll(stage.world, "main"));
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "policy.always-on" } }]);
  expect(writesTo(stage)).toEqual({});
});

test("B9: a prune that waited for a refusal looks again for the backup that was to stay", async () => {
  const { stage, volids } = await withBackups("21", "22");
  const match = { method: "DELETE", path: "/nodes/*/storage/*/content/*", times: 1 };
  const reason = "cluster not ready - no quorum?";
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason });
  const answer = await prune(stage);
  await stage.run(3_000);
  const { volumes } = stage.simulator.state;
  stage.simulator.state.volumes = volumes.filter(({ volid }) => volid !== volids[1]);
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "backup.last-good" } }]);
  expect(backupsOf(stage)).toEqual(volids.slice(0, 1));
});
