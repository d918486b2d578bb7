import { expect, test } from "vitest";
import * as Delete from "../../../functions/api/vms/snapshots/delete.ts";
import * as Create from "../../../functions/api/vms/snapshots/create.ts";
import { bench } from "../../kit/bench.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const path = { cluster: "main", vmid: 102 };

test.for([undefined, "by hand", "moxxie=op_0123456789ABCDEFGHJKMNPQRS/0"])(
  "J: a snapshot of that name that somebody else took (%j) while our request got lost is not told as ours",
  async (description) => {
    const b = await bench();
    b.simulator.faults.add({
      match: { method: "POST", path: "/nodes/*/snapshot", times: 1 },
      do: "cut-before",
    });
    const { id } = Operation.parse((await b.call(Create, { path, body: { name: "one" } })).json);
    const guest = b.simulator.state.guests[102];
    const snaptime = Math.floor(b.clock.now().getTime() / 1000);
    if (guest) guest.snapshots["one"] = { config: {}, snaptime, ...(description ? { description } : {}) };
    await b.live(id);
    const item = await b.item(id);
    expect(item.state).toBe("failed");
    expect(item.reason).toContain("another snapshot is called one already");
    expect(guest?.snapshots["one"]?.description).toBe(description);
  },
);

test("J: a deletion that Proxmox began late, after its answer got lost, is waited for and not told as half deleted", async () => {
  const b = await bench();
  const made = Operation.parse((await b.call(Create, { path, body: { name: "one" } })).json);
  await b.live(made.id);
  b.simulator.faults.add({
    match: { method: "DELETE", path: "/nodes/*/snapshot/*", times: 1 },
    do: "cut-before",
  });
  const { id } = Operation.parse((await b.call(Delete, { path: { ...path, name: "one" } })).json);
  await b.run(30_000);
  const guest = b.simulator.state.guests[102];
  const entry = guest?.snapshots["one"];
  if (!guest || !entry) throw new Error("there is no snapshot");
  expect(await b.item(id)).toMatchObject({ state: "intent", attempts: 1 });
  await b.run(40_000, async () => (await b.item(id)).state === "queued");
  entry.snapstate = "delete";
  guest.config["lock"] = "snapshot-delete";
  await b.run(2 * MINUTE);
  delete guest.snapshots["one"];
  delete guest.config["lock"];
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded" });
});
