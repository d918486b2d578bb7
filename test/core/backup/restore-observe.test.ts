import { expect, test } from "vitest";
import { spec } from "../../../functions/api/backups/restore.ts";
import { placeOwnBackup } from "../../kit/backup.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { engine } from "../../kit/engine.ts";
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

/** The index of finished tasks rolls over while nobody looks: nobody can be asked about the restore any more. */
async function forgotten(b: Bench, id: string): Promise<void> {
  await b.run(MINUTE, async () => (await b.item(id)).state === "sent");
  await b.clock.advance(5 * MINUTE);
  for (const { upid, endtime } of restores(b)) {
    expect(endtime).toBeDefined();
    delete b.simulator.state.tasks[upid];
  }
  for (const node of Object.values(b.simulator.state.nodes)) node.tasks.length = 0;
}

test("a restore whose task Proxmox has forgotten is told by its guest, and tagged and started", async () => {
  const b = await bench();
  const id = await restore(b, { vmid: 5101, start: true });
  await forgotten(b, id);
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", result: { vmid: 5101 } });
  expect(b.simulator.state.guests[5101]).toMatchObject({ status: "running" });
  expect(b.simulator.state.guests[5101]?.config["tags"]).toContain("moxxie");
});

test("a restore in place of a guest whose task Proxmox has forgotten does not say that it left nothing", async () => {
  const b = await bench({ mode: "off" });
  Object.assign(b.simulator.state.guests[107] ?? {}, { status: "stopped" });
  const id = await restore(b, { vmid: 107, force: true });
  await forgotten(b, id);
  await b.live(id);
  const [item] = await b.items(id);
  expect(item).toMatchObject({ state: "failed" });
  expect(item?.reason).toBe(
    "its task is not listed any more, and nothing tells whether main/107 was restored",
  );
});

test("F41: a restore whose answer got lost is made once, although the clock of its worker is ahead", async () => {
  const b = await bench();
  const match = { method: "POST", path: "/nodes/{node}/qemu", times: 1 };
  b.simulator.faults.add({ match, do: "cut-after" });
  const id = await restore(b);
  const clock = { ...b.clock, now: () => new Date(b.clock.now().getTime() + 120_000) };
  await engine({ ...b.broken.world, clock }, b).run(500);
  expect(await b.item(id)).toMatchObject({ state: "intent" });
  await b.clock.advance(MINUTE);
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", attempts: 1 });
  expect(restores(b)).toHaveLength(1);
});

test("a restore in place of a guest that is just being restored does not meddle with that one", async () => {
  const b = await bench({ mode: "off", speed: 0.1 });
  const first = await restore(b, { vmid: 5101 });
  await b.run(MINUTE, async () => b.simulator.state.guests[5101] !== undefined);
  const second = await restore(b, { vmid: 5101, force: true });
  await b.run(10_000);
  expect(await b.item(second)).toMatchObject({
    state: "queued",
    reason: expect.stringContaining("locked (create)"),
  });
  await b.live(first);
  await b.live(second);
  expect(await b.item(first)).toMatchObject({ state: "succeeded" });
  // What was to be replaced was not whole yet: it is another guest now.
  expect(await b.item(second)).toMatchObject({ state: "skipped", error: { code: "vm.changed" } });
  expect(restores(b)).toHaveLength(1);
});

test.each([
  { listed: true, about: "whose task is listed" },
  { listed: false, about: "whose task Proxmox has forgotten" },
])("a restored guest that is locked for a backup by then is restored, one $about", async ({ listed }) => {
  const b = await bench();
  const id = await restore(b, { vmid: 5101, start: true });
  await b.run(MINUTE, async () => (await b.item(id)).state === "sent");
  if (listed) await b.clock.advance(5 * MINUTE);
  else await forgotten(b, id);
  const guest = b.simulator.state.guests[5101];
  expect(guest?.lock).toBeUndefined();
  Object.assign(guest ?? {}, { lock: "backup" });
  await b.run(MINUTE);
  expect(await b.item(id)).not.toMatchObject({ state: "failed" });
  delete guest?.lock;
  await b.live(id);
  expect(await b.item(id)).toMatchObject({ state: "succeeded", result: { vmid: 5101 } });
  expect(b.simulator.state.guests[5101]).toMatchObject({ status: "running" });
});
