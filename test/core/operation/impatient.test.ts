import { expect, test } from "vitest";
import * as Backup from "../../../functions/api/vms/backups/create.ts";
import * as Config from "../../../functions/api/vms/config/patch.ts";
import * as Delete from "../../../functions/api/vms/delete.ts";
import * as Snapshot from "../../../functions/api/vms/snapshots/create.ts";
import * as Stop from "../../../functions/api/vms/stop.ts";
import * as AddTags from "../../../functions/api/vms/tags/add.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { List, Operation, Problem } from "../../kit/shape.ts";
import * as Operations from "../../../functions/api/operations/list.ts";

const path = { cluster: "main", vmid: 102 };

const CALLS = [
  ["a stop", Stop, { body: { lockWait: "0s" } }],
  ["a snapshot", Snapshot, { body: { name: "one", lockWait: "0s" } }],
  ["a backup", Backup, { body: { storage: "backup", lockWait: "0s" } }],
  ["a change of the configuration", Config, { body: { cpu: { cores: 3 }, lockWait: "0s" } }],
  ["adding tags", AddTags, { body: { tags: ["one"], lockWait: "0s" } }],
  ["a deletion", Delete, { query: { force: "true", lockWait: "0s" } }],
] as const;

const accepted = async (b: Bench) => List(Operation).parse((await b.call(Operations)).json).items.length;

test.each(CALLS)(
  "423: %s that waits for no lock is refused at once while Proxmox has the guest",
  async (_, route, given) => {
    const b = await bench({ mode: "off" });
    Object.assign(b.simulator.state.guests[102] ?? {}, { lock: "backup" });
    const answer = await b.call(route, { path, ...given });
    expect(answer).toMatchObject({ status: 423, json: { code: "vm.locked", retryable: true } });
    expect(Problem.parse(answer.json).detail).toContain("main/102 is locked by Proxmox (backup)");
    expect(await accepted(b)).toBe(0);
  },
);

test("423: a call that waits for no lock is refused at once while another operation has the guest, and not afterwards", async () => {
  const b = await bench({ mode: "off" });
  const first = await b.snapshots([102]);
  await b.run(60_000, async () => (await b.item(first)).state === "sent");
  Reflect.deleteProperty(b.simulator.state.guests[102] ?? {}, "lock");
  const given = { path, body: { name: "one", lockWait: "0s" } };
  const answer = await b.call(Snapshot, given);
  expect(answer).toMatchObject({ status: 423, json: { code: "vm.locked" } });
  expect(answer.body).toContain(`${first}/0`);
  await b.live(first);
  const again = await b.call(Snapshot, given);
  expect(again.status).toBe(202);
  const { id } = Operation.parse(again.json);
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded" }]);
});

test("202: a call that may wait is accepted for a guest that is locked, and so is one of many guests", async () => {
  const b = await bench({ mode: "off" });
  Object.assign(b.simulator.state.guests[102] ?? {}, { lock: "backup" });
  expect((await b.call(Stop, { path, body: {} })).status).toBe(202);
  const many = await b.snapshots([102, 104], { lockWait: "0s" });
  await b.live(many);
  expect(new Map((await b.items(many)).map(({ vm, error }) => [vm.vmid, error?.code]))).toEqual(
    new Map([
      [102, "vm.locked"],
      [104, undefined],
    ]),
  );
});
