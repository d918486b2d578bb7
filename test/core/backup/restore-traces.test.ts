import { expect, test } from "vitest";
import { spec } from "../../../functions/api/backups/restore.ts";
import { placeOwnBackup } from "../../kit/backup.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { Operation } from "../../kit/shape.ts";

const AT = "2026-11-20T02:00:00Z";
const MINUTE = 60_000;

async function restore(b: Bench, body: object = {}): Promise<string> {
  const answer = await b.call(
    { spec },
    { path: { cluster: "main" }, body: { volid: placeOwnBackup(b, 107, AT), ...body } },
  );
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

const restores = (b: Bench) =>
  Object.values(b.simulator.state.tasks).filter(({ type }) => type === "qmrestore");

test("a restored guest that somebody moves between two steps is tagged and started where it is", async () => {
  const b = await bench();
  b.simulator.faults.add({ match: { method: "PUT", path: "/nodes/*/config", times: 1 }, do: "cut-after" });
  const id = await restore(b, { vmid: 5101, start: true, storage: "nfs" });
  await b.run(
    10 * MINUTE,
    async () => (await b.item(id)).step === 1 && (await b.item(id)).state === "intent",
  );
  const guest = b.simulator.state.guests[5101];
  const other = Object.keys(b.simulator.state.nodes).find((node) => node !== guest?.node);
  Object.assign(guest ?? {}, { node: other });
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", result: { vmid: 5101, node: other } });
  expect(guest).toMatchObject({ status: "running" });
});

test("a restored guest that somebody moves before its task is seen to end is restored, tagged and started", async () => {
  const b = await bench();
  const id = await restore(b, { vmid: 5101, start: true, storage: "nfs" });
  await b.run(MINUTE, async () => (await b.item(id)).state === "sent");
  await b.clock.advance(5 * MINUTE);
  const guest = b.simulator.state.guests[5101];
  const other = Object.keys(b.simulator.state.nodes).find((node) => node !== guest?.node);
  Object.assign(guest ?? {}, { node: other });
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", result: { vmid: 5101, node: other } });
  expect(guest).toMatchObject({ status: "running" });
});

/** The worker dies before it has stored the UPID, and Proxmox forgets the task. */
async function orphaned(b: Bench): Promise<string> {
  b.broken.on(writesState("sent"), "before");
  const id = await restore(b);
  await b.run(1000);
  expect(await b.item(id)).toMatchObject({ state: "intent" });
  await b.clock.advance(5 * MINUTE);
  for (const { upid } of restores(b)) delete b.simulator.state.tasks[upid];
  for (const node of Object.values(b.simulator.state.nodes)) node.tasks.length = 0;
  return id;
}

test("a restore of which only a guest is left is not made again under another VMID, and not told as done", async () => {
  const b = await bench();
  const id = await orphaned(b);
  const { detail } = await b.item(id);
  await b.live(id);
  const [item] = await b.items(id);
  expect(item).toMatchObject({ state: "unknown", attempts: 1, error: { code: "proxmox.no-answer" } });
  expect(item?.reason).toBe(
    `main/${String(detail["vmid"])} is there, and nothing tells any more whether this restore made it`,
  );
  expect(restores(b)).toHaveLength(0);
});

test("a restore that left no trace is made under another VMID where somebody else's guest has its own", async () => {
  const b = await bench();
  const id = await orphaned(b);
  const vmid = Number((await b.item(id)).detail["vmid"]);
  Object.assign(b.simulator.state.guests[vmid]?.config ?? {}, { name: "another" });
  await b.live(id);
  const item = await b.item(id);
  expect(item.state).toBe("succeeded");
  expect(item.result?.["vmid"]).not.toBe(vmid);
  expect(restores(b)).toMatchObject([{ exitstatus: "OK" }]);
});
