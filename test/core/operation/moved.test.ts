import { expect, test } from "vitest";
import * as StartRoute from "../../../functions/api/vms/start.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { Operation } from "../../kit/shape.ts";

/** A stopped VM whose disks every node reaches. */
function portable({ simulator }: Bench) {
  const guest = Object.values(simulator.state.guests).find(
    ({ kind, config }) =>
      kind === "qemu" && !Object.values(config).some((value) => value.startsWith("local")),
  );
  if (!guest) throw new Error("the fleet has no VM on shared storage");
  return Object.assign(guest, { status: "stopped" as const });
}

test("a start whose task found no guest, since it had just been moved, is asked for where the guest is", async () => {
  const b = await bench({ mode: "off", guests: 24 });
  const guest = portable(b);
  const other = Object.keys(b.simulator.state.nodes).find((node) => node !== guest.node);
  const isStart = (deed: (typeof b.broken.deeds)[number]) =>
    deed.port === "request" && deed.target.endsWith("/status/start");
  b.broken.between(isStart, async () => void Object.assign(guest, { node: other }));
  const answer = await b.call(StartRoute, { path: { cluster: "main", vmid: guest.vmid }, body: {} });
  const { id } = Operation.parse(answer.json);
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", attempts: 2, vm: { node: other } });
  expect(guest.status).toBe("running");
});
