import { expect, test } from "vitest";
import * as Reboot from "../../../functions/api/vms/reboot.ts";
import { bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

const DENIED = "unable to open file '/etc/pve/nodes/pve2/qemu-server/102.conf.tmp.9' - Permission denied";

/** Requests whose answers are lost, and whose tasks end as if the cluster had no quorum, though it has. */
async function denied(request: string, type: string) {
  const b = await bench({ mode: "off" });
  b.simulator.faults.add({ match: { method: "POST", path: `/nodes/*/${request}` }, do: "cut-after" });
  b.simulator.inflict({ do: "task-exit", type, exitstatus: DENIED, times: 100 });
  return b;
}

test("J: what fails as if there were no quorum, while there is, is asked for six times and not for ever", async () => {
  const b = await denied("snapshot", "qmsnapshot");
  const id = await b.snapshots([102]);
  await b.live(id);
  const [item] = await invariants(b, id);
  expect(item).toMatchObject({ state: "failed", attempts: 6, reason: DENIED });
  expect(b.requests("POST", "/snapshot")).toBe(6);
});

test("J: what is never asked for twice is not asked again though its lost task failed for the quorum", async () => {
  const b = await denied("status/reboot", "qmreboot");
  const answer = await b.call(Reboot, { path: { cluster: "main", vmid: 102 }, body: {} });
  const { id } = Operation.parse(answer.json);
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "failed", attempts: 1, reason: DENIED }]);
  expect(b.requests("POST", "/status/reboot")).toBe(1);
});
