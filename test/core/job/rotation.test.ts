import { expect, test } from "vitest";
import * as Create from "../../../functions/api/jobs/create.ts";
import * as Run from "../../../functions/api/jobs/run.ts";
import * as Cancel from "../../../functions/api/operations/cancel.ts";
import * as Retry from "../../../functions/api/operations/retry.ts";
import * as Get from "../../../functions/api/vms/snapshots/get.ts";
import * as Update from "../../../functions/api/vms/snapshots/update.ts";
import { timer } from "../../../functions/cron/expire.ts";
import { writesState } from "../../kit/breaking.ts";
import { bench } from "../../kit/bench.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../kit/proof.ts";
import { restrict } from "../../kit/restrict.ts";
import { Job, Operation } from "../../kit/shape.ts";

const DAY = 86_400_000;
const DELETE = "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}";

const body = (params: Record<string, unknown>, vmids: readonly number[] = [102]) => ({
  name: `nightly ${JSON.stringify(params)}`,
  kind: "snapshot",
  schedule: "0 4 * * *",
  select: { vmids },
  params: { name: "n-{datetime}", ...params },
});

type Stage = Pick<Lab, "call" | "settle" | "clock" | "simulator">;

async function jobOf(stage: Stage, params: Record<string, unknown>, vmids?: readonly number[]) {
  const answer = await stage.call(Create, { body: body(params, vmids) });
  return Job.parse(answer.json).id;
}

const run = async (stage: Lab, job: string) => carriedOut(stage, await stage.call(Run, { path: { job } }));

const names = (stage: Pick<Lab, "simulator">, vmid = 102) =>
  Object.keys(stage.simulator.state.guests[vmid]?.snapshots ?? {});

/** So many runs of a job, a day apart; the days of what is left. */
async function days(stage: Lab, job: string, runs: number) {
  for (let count = 0; count < runs; count++) {
    await run(stage, job);
    await stage.clock.advance(DAY);
  }
  return names(stage).map((name) => name.slice(2, 10));
}

test("of a job's snapshots so many of the latest stay, and each run says what it deleted", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 3 });
  expect(await days(stage, job, 5)).toEqual(["20261125", "20261126", "20261127"]);
  const { items } = await run(stage, job);
  expect(items).toMatchObject([
    { state: "succeeded", result: { deleted: [expect.stringContaining("20261125")] } },
  ]);
});

test("it may keep in Proxmox's words, so many days and weeks", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: { daily: 2, weekly: 2 } });
  expect(await days(stage, job, 20)).toEqual(["20261129", "20261206", "20261211", "20261212"]);
});

test("snapshots of other jobs, of people and pinned ones stay, and do not count", async () => {
  const stage = await lab();
  const [mine, other] = [
    await jobOf(stage, { keep: 1 }),
    await jobOf(stage, { keep: 5, name: "o-{datetime}" }),
  ];
  const guest = stage.simulator.state.guests[102];
  if (guest) guest.snapshots["theirs"] = { config: {}, snaptime: 1, description: "before upgrade" };
  await run(stage, mine);
  await run(stage, other);
  const pinned = names(stage).find((name) => name.startsWith("n-")) ?? "";
  const path = { cluster: "main", vmid: 102, name: pinned };
  await carriedOut(stage, await stage.call(Update, { path, body: { pin: { reason: "audit" } } }));
  for (let count = 0; count < 3; count++) {
    await stage.clock.advance(DAY);
    await run(stage, mine);
  }
  expect(names(stage).filter((name) => !name.startsWith("n-"))).toHaveLength(2);
  expect(names(stage).filter((name) => name.startsWith("n-"))).toEqual([
    pinned,
    expect.stringContaining("20261126"),
  ]);
});

test("F53: where the new snapshot failed, none of the older ones goes", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 2 });
  await days(stage, job, 2);
  const before = names(stage);
  const match = { method: "POST", path: "/nodes/*/snapshot" };
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "no space left" });
  const { items } = await run(stage, job);
  expect(items).toMatchObject([{ state: "failed" }]);
  expect(names(stage)).toEqual(before);
});

test("an older one that cannot be deleted is a warning, its successor is there and is due in its time", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 1, ttl: "3d" });
  await days(stage, job, 1);
  const refusal = { do: "answer", status: 500, reason: "storage is not online" } as const;
  const id = stage.simulator.faults.add({ match: { method: "DELETE" }, ...refusal });
  const { items } = await run(stage, job);
  expect(items).toMatchObject([
    { state: "succeeded", warnings: [expect.stringContaining("storage is not online")] },
  ]);
  expect(names(stage)).toHaveLength(2);
  stage.simulator.faults.remove(id);
  await stage.clock.advance(4 * DAY);
  await stage.clock.until(timer((needs, effect) => restrict(stage.world, needs, effect))());
  await stage.run(300_000);
  expect(names(stage)).toEqual([]);
});

test("a snapshot whose words are changed stays one of its job", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 1 });
  await run(stage, job);
  const path = { cluster: "main", vmid: 102, name: names(stage)[0] ?? "" };
  await carriedOut(stage, await stage.call(Update, { path, body: { description: "mine" } }));
  expect((await stage.call(Get, { path })).json).toMatchObject({ description: "mine" });
  await stage.clock.advance(DAY);
  await run(stage, job);
  expect(names(stage)).toEqual([expect.stringContaining("20261124")]);
});

test("what failed of a run and is done again belongs to the job as well", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 1 });
  const match = { method: "POST", path: "/nodes/*/snapshot", times: 1 };
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "no space left" });
  const { operation } = await run(stage, job);
  await carriedOut(stage, await stage.call(Retry, { path: { operation: operation.id }, body: {} }));
  expect(names(stage)).toHaveLength(1);
  await stage.clock.advance(DAY);
  await run(stage, job);
  expect(names(stage)).toEqual([expect.stringContaining("20261124")]);
});

test("safe mode does not keep a job from thinning out what it took itself", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 1 }, [107]);
  for (let count = 0; count < 2; count++) {
    const { items } = await run(stage, job);
    expect(items).toMatchObject([{ state: "succeeded", warnings: [] }]);
    await stage.clock.advance(DAY);
  }
  expect(names(stage, 107)).toEqual([expect.stringContaining("20261124")]);
});

const DEATHS = ["intent", "sent", "queued", "succeeded"].flatMap((state) =>
  (["before", "after"] as const).flatMap((when) => [1, 2, 3].map((nth) => ({ state, when, nth }))),
);

test.for(DEATHS)(
  "a worker that dies $when it writes $state for the $nth. time takes no snapshot twice and deletes no other",
  async ({ state, when, nth }) => {
    const stage = await bench();
    const job = await jobOf(stage, { keep: 2 });
    for (let count = 0; count < 3; count++) {
      const { id } = Operation.parse((await stage.call(Run, { path: { job } })).json);
      await stage.settle(id);
      await stage.clock.advance(DAY);
    }
    const old = names(stage);
    stage.simulator.resetCounters();
    let seen = 0;
    const strikes = (deed: Parameters<ReturnType<typeof writesState>>[0]) =>
      writesState(state)(deed) && ++seen === nth;
    stage.broken.on(strikes, when);
    const { id } = Operation.parse((await stage.call(Run, { path: { job } })).json);
    await stage.live(id);
    expect(names(stage)).toEqual([old[1], expect.stringContaining("20261126")]);
    expect(stage.requests("POST", "/snapshot")).toBe(1);
    expect(writesTo(stage)[DELETE]).toBe(1);
  },
);

test.for(["cut-before", "cut-after"] as const)(
  "an answer to a deletion that is lost (%s) leaves exactly what is to stay",
  async (fault) => {
    const stage = await lab();
    const job = await jobOf(stage, { keep: 1 });
    await days(stage, job, 1);
    stage.simulator.faults.add({ match: { method: "DELETE", times: 1 }, do: fault });
    const { items } = await run(stage, job);
    expect(items).toMatchObject([{ state: "succeeded", warnings: [] }]);
    expect(names(stage)).toEqual([expect.stringContaining("20261124")]);
  },
);

test.for([[{ keep: 0 }], [{ keep: -1 }], [{ keep: {} }], [{ keep: "days:0" }], [{ keeep: 3 }]])(
  "400: a job with params %j is not made",
  async ([params]) => {
    const stage = await lab();
    const answer = await changingNothing(stage, () => stage.call(Create, { body: body(params ?? {}) }));
    expect(answer.status).toBe(400);
  },
);

/** A snapshot that a job took while a clock was wrong. */
function dated(stage: Lab, job: string, name: string, ahead: number) {
  const guest = stage.simulator.state.guests[102];
  const snaptime = Math.floor((stage.clock.now().getTime() + ahead) / 1000);
  const description = `moxxie=op_0123456789ABCDEFGHJKMNPQRS/0 job=${job}`;
  if (guest) guest.snapshots[name] = { config: {}, snaptime, description };
}

test("A4: the snapshot just made is never rotated away; those dated in the future stay and are told", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 1 });
  dated(stage, job, "n-tomorrow", DAY);
  dated(stage, job, "n-minute", 60_000);
  dated(stage, job, "n-yesterday", -DAY);
  const { items } = await run(stage, job);
  expect(names(stage)).toEqual(["n-tomorrow", expect.stringMatching(/^n-20261123/)]);
  expect(items).toMatchObject([
    { state: "succeeded", warnings: [expect.stringContaining("n-tomorrow is dated in the future")] },
  ]);
});

test("J: a snapshot of the job that was cut off half made does not count among those that stay", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 2 });
  await days(stage, job, 2);
  dated(stage, job, "n-broken", -3_600_000);
  const broken = stage.simulator.state.guests[102]?.snapshots["n-broken"];
  if (broken) broken.snapstate = "prepare";
  const before = names(stage);
  await run(stage, job);
  expect(names(stage)).toEqual([...before.slice(1), expect.stringMatching(/^n-20261125/)]);
});

test("A1: a cancellation that stops what runs keeps the snapshots whose rotation waits, and tells of them", async () => {
  const stage = await lab();
  const job = await jobOf(stage, { keep: 1 });
  await run(stage, job);
  await stage.clock.advance(DAY);
  const refused = { match: { method: "DELETE", path: DELETE.slice(7) }, status: 500 } as const;
  const reason = "can't lock file '/var/lock/qemu-server/lock-102.conf' - got timeout";
  const fault = stage.simulator.faults.add({ ...refused, do: "answer", reason });
  const answer = await stage.call(Run, { path: { job } });
  await stage.run(60_000);
  expect(names(stage)).toHaveLength(2);
  const path = { operation: Operation.parse(answer.json).id };
  expect(await stage.call(Cancel, { path, body: { running: "stop" } })).toMatchObject({ status: 202 });
  stage.simulator.faults.remove(fault);
  const { items } = await carriedOut(stage, answer);
  expect(names(stage)).toHaveLength(2);
  expect(items).toMatchObject([
    { state: "succeeded", warnings: [expect.stringMatching(/stays: cancelled by/)] },
  ]);
});
