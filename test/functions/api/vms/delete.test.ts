import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/delete.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { retag } from "../../../kit/retag.ts";
import { Operation, Plan } from "../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number, query: Record<string, string> = {}) => ({ path: { cluster: "main", vmid }, query });
const DELETE = "DELETE /nodes/{node}/qemu/{vmid}";
const STOP = "POST /nodes/{node}/qemu/{vmid}/status/stop";

test("202: a guest that is off is deleted with its disks, and audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(110)));
  expect(operation).toMatchObject({ kind: "vm.delete", state: "succeeded" });
  expect(items).toMatchObject([{ upid: expect.stringContaining(":qmdestroy:110:") }]);
  expect(stage.simulator.state.guests["110"]).toBeUndefined();
  expect(stage.simulator.state.volumes.filter(({ volid }) => volid.includes("-110-disk"))).toEqual([]);
  expect(writesTo(stage)).toEqual({ [DELETE]: 1 });
  expect(await auditOf(stage, { target: "main/110" })).toMatchObject([
    { action: "vm.delete", outcome: "succeeded" },
    { action: "vm.delete", outcome: "accepted" },
  ]);
});

test("202: with force a guest that runs is stopped and then deleted, as one item", async () => {
  const stage = await lab();
  const { items } = await carriedOut(stage, await stage.call(route, at(102, { force: "true" })));
  expect(items).toMatchObject([{ state: "succeeded", upid: expect.stringContaining(":qmdestroy:102:") }]);
  expect(stage.simulator.state.guests["102"]).toBeUndefined();
  expect(writesTo(stage)).toEqual({ [STOP]: 1, [DELETE]: 1 });
});

test("an item that began by an override stays one in the audit log, whatever its next step needs", async () => {
  const stage = await lab();
  await retag(stage, { 102: "always-on;moxxie" });
  const { id } = Operation.parse(
    (await stage.call(route, at(102, { force: "true", override: "true" }))).json,
  );
  await stage.run(60_000, async () => {
    const guest = stage.simulator.state.guests["102"];
    if (guest?.status !== "stopped") return false;
    guest.config["tags"] = "moxxie";
    return true;
  });
  await stage.settle(id);
  expect(stage.simulator.state.guests["102"]).toBeUndefined();
  expect(await auditOf(stage, { target: "main/102" })).toMatchObject([
    { outcome: "succeeded", decision: "override" },
    { outcome: "accepted", decision: "override" },
  ]);
});

test("202: with purge a guest of HA is taken out of it", async () => {
  const stage = await lab();
  stage.simulator.state.sections["ha-resources"] = { "vm:110": { state: "stopped" } };
  const kept = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(kept).toMatchObject({ status: 409, json: { code: "vm.ha" } });
  const { items } = await carriedOut(stage, await stage.call(route, at(110, { purge: "true" })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.sections["ha-resources"]).toEqual({});
});

test("202: a container is deleted by its own call", async () => {
  const stage = await lab({ mode: "off" });
  const request = at(203, { destroyUnreferencedDisks: "true" });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded", upid: expect.stringContaining(":vzdestroy:203:") }]);
});

test("202: an answer that got lost is settled by the guest being gone, and nothing is deleted twice", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "DELETE" }, do: "cut-after" });
  const { items } = await carriedOut(stage, await stage.call(route, at(110)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(writesTo(stage)).toEqual({ [DELETE]: 1 });
});

test("202: a guest that was made anew under the VMID in the meantime is left alone", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(110));
  Object.assign(stage.simulator.state.guests["110"]?.config ?? {}, { name: "payroll" });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "vm.changed" } }]);
  expect(writesTo(stage)).toEqual({});
});

test("202: protection that is set after the acceptance keeps the guest", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(110));
  Object.assign(stage.simulator.state.guests["110"]?.config ?? {}, { protection: "1" });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "vm.protected" } }]);
});

test("202: a template on which linked clones stand fails with Proxmox's own words, and stays", async () => {
  const stage = await lab({ mode: "off" });
  const { guests } = stage.simulator.state;
  Object.assign(guests["110"]?.config ?? {}, { scsi1: "local-lvm:base-9000-disk-0/vm-110-disk-1,size=32G" });
  const { items } = await carriedOut(stage, await stage.call(route, at(9000)));
  expect(items).toMatchObject([
    { state: "failed", error: { code: "task.failed", detail: expect.stringContaining("still in use") } },
  ]);
  expect(guests["9000"]).toBeDefined();
});

test("409: a guest that runs, and one that is protected; nothing happens", async () => {
  const stage = await lab();
  const running = await changingNothing(stage, () => stage.call(route, at(102)));
  expect(running).toMatchObject({ status: 409, json: { code: "vm.running" } });
  Object.assign(stage.simulator.state.guests["110"]?.config ?? {}, { protection: "1" });
  const request = at(110, { force: "true" });
  const kept = await changingNothing(stage, () => stage.call(route, request));
  expect(kept).toMatchObject({ status: 409, json: { code: "vm.protected" } });
});

test("403: an always-on guest, a foreign one, and an operator; nothing happens", async () => {
  const stage = await lab();
  const always = await changingNothing(stage, () => stage.call(route, at(101)));
  expect(always).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
  const foreign = await changingNothing(stage, () => stage.call(route, at(107)));
  expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  const key = await stage.addKey("operator");
  const operator = await changingNothing(stage, () => stage.call(route, { ...at(110), key }));
  expect(operator).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
});

test("200: a dry run says what would go; nothing happens", async () => {
  const stage = await lab();
  const request = at(110, { dryRun: "true" });
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(Plan.parse(answer.json)).toMatchObject({ kind: "vm.delete", items: [{ willRun: true }] });
});

test("400: a purge that is no yes or no, and a field that is unknown; nothing happens", async () => {
  const stage = await lab();
  const request = at(110, { purge: "maybe", puurge: "true" });
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(400);
});

test("404: an unknown guest; nothing happens", async () => {
  const stage = await lab();
  expect((await changingNothing(stage, () => stage.call(route, at(999)))).status).toBe(404);
});
