import { expect, test } from "vitest";
import * as Create from "../../../functions/api/vms/backups/create.ts";
import { bench } from "../../kit/bench.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const path = { cluster: "main", vmid: 102 };

test("J: a nameless backup of a task that was only found, since our request got lost, is not told as ours", async () => {
  const b = await bench();
  b.simulator.state.volumes = b.simulator.state.volumes.filter(({ content }) => content !== "backup");
  const match = { method: "POST", path: "/nodes/*/vzdump", times: 1 };
  b.simulator.faults.add({ match, do: "cut-before" });
  const { id } = Operation.parse((await b.call(Create, { path, body: { storage: "backup" } })).json);
  await b.run(MINUTE, async () => (await b.item(id)).state === "intent");
  const { node } = (await b.item(id)).vm;
  const headers = {
    authorization: `PVEAPIToken=${b.simulator.token}`,
    "content-type": "application/x-www-form-urlencoded",
  };
  const theirs = {
    method: "POST",
    target: `/api2/json/nodes/${node}/vzdump`,
    headers,
    body: "vmid=102&storage=backup&remove=0",
  };
  expect(await b.clock.until(b.simulator.handle(theirs))).toMatchObject({ status: 200 });
  await b.live(id);
  const item = await b.item(id);
  const backups = b.simulator.state.volumes.filter(({ content }) => content === "backup");
  const nameless = backups.filter(({ notes = "" }) => !notes.includes("moxxie="));
  expect(nameless).toHaveLength(1);
  expect(item).toMatchObject({ state: "succeeded", attempts: 2 });
  const ours = backups.find(({ volid }) => volid === item.result?.["volid"]);
  expect(ours?.notes).toContain(`moxxie=${id}/0`);
});
