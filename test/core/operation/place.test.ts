import { expect, test } from "vitest";
import * as StartRoute from "../../../functions/api/vms/start.ts";
import { bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];
const MINUTE = 60_000;

const on = (b: Awaited<ReturnType<typeof bench>>, node: string) =>
  Object.values(b.simulator.state.guests)
    .filter((guest) => guest.node === node && !guest.config.template && guest.vmid !== 112)
    .map((guest) => guest.vmid);

test("F16: guests of a node that is away wait for it, and those of other nodes do not", async () => {
  const b = await bench();
  const id = await b.snapshots([...on(b, "pve1"), ...on(b, "pve2")]);
  b.simulator.setNode("pve2", { online: false });
  await b.run(20 * MINUTE);
  const items = await b.items(id);
  expect(states(items.filter((item) => item.vm.node === "pve1"))).toEqual(["succeeded"]);
  expect(items.filter((item) => item.vm.node === "pve2").map((item) => item.error)).not.toContain(
    expect.anything(),
  );
  b.simulator.setNode("pve2", { online: true });
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("F16: guests of a node that stays away fail at the deadline", async () => {
  const b = await bench();
  b.simulator.setNode("pve2", { online: false });
  const id = await b.snapshots(on(b, "pve2").slice(0, 2), { deadline: "10m" });
  await b.live(id);
  const items = await invariants(b, id);
  expect(items.map((item) => item.error?.code)).toEqual(["operation.deadline", "operation.deadline"]);
});

test("a task that nobody can be asked about any more ends as unknown after the deadline", async () => {
  const b = await bench();
  const id = await b.snapshots(on(b, "pve2").slice(0, 1), { deadline: "10m" });
  await b.run(100);
  b.simulator.setNode("pve2", { online: false });
  await b.live(id);
  const items = await invariants(b, id);
  expect(items).toMatchObject([{ state: "unknown", error: { code: "proxmox.no-answer" } }]);
});

test("F17: a cluster without quorum fails nothing; all is done when it is back", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 102, 103, 104, 105, 106]);
  await b.run(100);
  b.simulator.setQuorum(false);
  await b.run(10 * MINUTE);
  expect((await b.items(id)).map((item) => item.state)).not.toContain("failed");
  b.simulator.setQuorum(true);
  await b.live(id);
  expect(states(await invariants(b, id))).toEqual(["succeeded"]);
});

test("F18: a guest that moved after the plan is found on its new node, within that node's cap", async () => {
  const b = await bench();
  const moved = [...on(b, "pve1"), ...on(b, "pve3")];
  const id = await b.snapshots([...moved, ...on(b, "pve2")]);
  for (const vmid of moved) Object.assign(b.simulator.state.guests[vmid] ?? {}, { node: "pve2" });
  await b.live(id);
  const items = await invariants(b, id);
  expect(states(items)).toEqual(["succeeded"]);
  expect(new Set(items.map((item) => item.vm.node))).toEqual(new Set(["pve2"]));
});

test("F20: a guest that was deleted after the plan is skipped, and the operation succeeds", async () => {
  const b = await bench();
  const id = await b.snapshots([101, 102]);
  delete b.simulator.state.guests[101];
  await b.live(id);
  const items = await invariants(b, id);
  expect(new Map(items.map((item) => [item.vm.vmid, item.state]))).toEqual(
    new Map([
      [101, "skipped"],
      [102, "succeeded"],
    ]),
  );
  const row = await b.store.get("History", { pk: `op#${id}`, sk: "operation" });
  expect(row?.["state"]).toBe("succeeded");
});

test("a guest that is deleted while it is started ends its item, as not verified", async () => {
  const b = await bench();
  const path = { cluster: "main", vmid: 110 };
  const { json } = await b.call(StartRoute, { path, body: {} });
  const { id } = Operation.parse(json);
  await b.run(100);
  delete b.simulator.state.guests[110];
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "failed" }]);
});
