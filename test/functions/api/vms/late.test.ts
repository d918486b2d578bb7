import * as z from "zod";
import { expect, test } from "vitest";
import * as Jobs from "../../../../functions/api/jobs/create.ts";
import * as Run from "../../../../functions/api/jobs/run.ts";
import * as Items from "../../../../functions/api/operations/items.ts";
import * as Stop from "../../../../functions/api/vms/stop.ts";
import * as Start from "../../../../functions/api/vms/start.ts";
import { lab } from "../../../kit/lab.ts";
import { retag } from "../../../kit/retag.ts";

const Made = z.object({ id: z.string() });
const VMID = 110;
const path = { cluster: "main", vmid: VMID };

async function started() {
  const stage = await lab({ late: true, speed: 100, mode: "off" });
  await stage.clock.advance(1000);
  const { id } = Made.parse((await stage.call(Start, { path })).json);
  await stage.settle(id);
  expect(stage.simulator.state.guests[VMID]?.status).toBe("running");
  return stage;
}

test("202: a guest that has just been started can be stopped, though every listing still calls it stopped", async () => {
  const stage = await started();
  const answer = await stage.call(Stop, { path });
  expect(answer.status).toBe(202);
  await stage.settle(Made.parse(answer.json).id);
  expect(stage.simulator.state.guests[VMID]?.status).toBe("stopped");
});

test("a job stops a guest that the inventory calls stopped, and leaves alone the one that is", async () => {
  const stage = await started();
  await retag(stage, { [VMID]: "maint-ok", 112: "maint-ok" });
  const select = { vmids: [VMID, 112] };
  const job = { name: "night", kind: "power", schedule: "0 3 * * *", select, params: { action: "stop" } };
  const { id } = Made.parse((await stage.call(Jobs, { body: job })).json);
  const run = Made.parse((await stage.call(Run, { path: { job: id } })).json);
  await stage.settle(run.id);
  expect(stage.simulator.state.guests[VMID]?.status).toBe("stopped");
  const { json } = await stage.call(Items, { path: { operation: run.id } });
  expect(json).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({ vm: expect.objectContaining({ id: `main/${VMID}` }), state: "succeeded" }),
      expect.objectContaining({
        vm: expect.objectContaining({ id: "main/112" }),
        state: "skipped",
        reason: "main/112 is stopped already",
      }),
    ]),
  });
});
