import { expect, test } from "vitest";
import * as Shutdown from "../../../functions/api/vms/shutdown.ts";
import * as Start from "../../../functions/api/vms/start.ts";
import { bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const path = (vmid: number) => ({ path: { cluster: "main", vmid } });

/** A cluster whose HA manager has these guests. */
async function managed(vmids: readonly number[], options: Parameters<typeof bench>[0] = {}) {
  const b = await bench(options);
  b.simulator.state.sections["ha-resources"] = Object.fromEntries(
    vmids.map((vmid) => [`vm:${vmid}`, { state: "started" }]),
  );
  return b;
}

const idOf = (answer: { json: unknown }) => Operation.parse(answer.json).id;

test("F48: a guest of HA has started when it runs, not when HA's task says OK", async () => {
  const b = await managed([110]);
  const id = idOf(await b.call(Start, path(110)));
  await b.run(5000);
  const hastart = Object.values(b.simulator.state.tasks).find(({ type }) => type === "hastart");
  expect(hastart).toMatchObject({ exitstatus: "OK" });
  expect(await b.item(id)).toMatchObject({ state: "sent" });
  expect(b.simulator.state.guests["110"]?.status).toBe("stopped");
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded", attempts: 1 }]);
  expect(b.simulator.state.guests["110"]?.status).toBe("running");
  expect(b.requests("POST", "/status/start")).toBe(1);
});

test("F48: a guest of HA that never starts fails after five minutes, whatever HA's task said", async () => {
  const b = await managed([110]);
  const id = idOf(await b.call(Start, path(110)));
  await b.run(5000);
  // HA's own start of it, some seconds later, meets a lock that stays.
  Object.assign(b.simulator.state.guests["110"] ?? {}, { lock: "backup" });
  await b.run(4 * MINUTE);
  expect(await b.item(id)).toMatchObject({ state: "sent" });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "failed", error: { code: "vm.unverified" } }]);
  expect(b.requests("POST", "/status/start")).toBe(1);
});

test("F48: a guest of HA is shut down when it is off", async () => {
  const b = await managed([102]);
  const id = idOf(await b.call(Shutdown, path(102)));
  await b.run(5000);
  expect(await b.item(id)).toMatchObject({ state: "sent" });
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
  expect(b.simulator.state.guests["102"]?.status).toBe("stopped");
  expect(b.requests("POST", "/status/shutdown")).toBe(1);
});

test("an answer of HA that got lost is settled by the guest's own state", async () => {
  const b = await managed([110]);
  b.simulator.faults.add({ match: { method: "POST", times: 1 }, do: "cut-after" });
  const id = idOf(await b.call(Start, path(110)));
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
});
