import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/template.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const route = { spec };
const at = (vmid: number) => ({ path: { cluster: "main", vmid }, body: {} });
const POST = "POST /nodes/{node}/qemu/{vmid}/template";

test("202: a guest that is off becomes a template, and audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(110)));
  expect(operation).toMatchObject({ kind: "vm.template", state: "succeeded" });
  expect(items).toMatchObject([{ upid: expect.stringContaining(":qmtemplate:110:") }]);
  expect(stage.simulator.state.guests["110"]?.config["template"]).toBe("1");
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
  expect(await auditOf(stage, { target: "main/110" })).toMatchObject([
    { action: "vm.template", outcome: "succeeded" },
    { action: "vm.template", outcome: "accepted" },
  ]);
});

test("202: a container becomes one too, and its task is found though the answer does not name it", async () => {
  const stage = await lab({ mode: "off" });
  const { items } = await carriedOut(stage, await stage.call(route, at(203)));
  expect(items).toMatchObject([{ state: "succeeded", upid: expect.stringContaining(":vztemplate:203:") }]);
});

test("202: an answer that got lost is settled by what the guest is, and nothing is asked twice", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "POST" }, do: "cut-after" });
  const { items } = await carriedOut(stage, await stage.call(route, at(110)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
});

test("409: a guest that runs, one with snapshots, and a template; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const running = await changingNothing(stage, () => stage.call(route, at(102)));
  expect(running).toMatchObject({ status: 409, json: { code: "vm.running" } });
  const again = await changingNothing(stage, () => stage.call(route, at(9000)));
  expect(again).toMatchObject({ status: 409, json: { code: "vm.template" } });
  const guest = stage.simulator.state.guests["110"];
  Object.assign(guest ?? {}, { snapshots: { before: { config: {}, snaptime: 1, description: "" } } });
  const kept = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(kept).toMatchObject({ status: 409, json: { code: "snapshot.present" } });
});

test("403: a foreign guest, and an operator; nothing happens", async () => {
  const stage = await lab();
  const foreign = await changingNothing(stage, () => stage.call(route, at(107)));
  expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  const request = { ...at(110), key: await stage.addKey("operator") };
  expect((await changingNothing(stage, () => stage.call(route, request))).status).toBe(403);
});

test("404: an unknown guest; nothing happens", async () => {
  const stage = await lab();
  expect((await changingNothing(stage, () => stage.call(route, at(999)))).status).toBe(404);
});
