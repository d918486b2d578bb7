import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { dataFolder, startDev } from "../../kit/dev.ts";

const Operation = z.object({
  id: z.string(),
  state: z.string(),
  progress: z.object({ total: z.number(), succeeded: z.number(), failed: z.number(), running: z.number() }),
});
const Items = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      reason: z.string().nullable(),
      vm: z.object({ id: z.string() }),
    }),
  ),
});
const Snapshot = z.looseObject({ description: z.string().optional(), snapstate: z.string().optional() });
const State = z.object({
  guests: z.record(z.string(), z.looseObject({ snapshots: z.record(z.string(), Snapshot) })),
});

type Dev = Awaited<ReturnType<typeof startDev>>;

const BODY = { select: { tags: "env-prod" }, name: "{vm}-{datetime}", ttl: "4h" };

/** The operation as it is now; undefined while the functions are being started again. */
async function look(dev: Dev, id: string, wait = "0s") {
  const answer = await dev.request(`/v1/operations/${id}?wait=${wait}`);
  return answer.status === 503 ? undefined : Operation.parse(answer.json);
}

async function begin(dev: Dev): Promise<string> {
  const { id } = Operation.parse((await dev.request("/v1/bulk/snapshots", BODY)).json);
  await dev.eventually("a first success", async () =>
    ((await look(dev, id))?.progress.succeeded ?? 0) > 0 ? true : undefined,
  );
  return id;
}

async function end(dev: Dev, id: string) {
  const done = await dev.eventually("the end of the operation", async () => {
    const operation = await look(dev, id, "5s");
    const goesOn = operation?.state === "queued" || operation?.state === "running";
    return goesOn ? undefined : operation;
  });
  return { done, ...Items.parse((await dev.request(`/v1/operations/${id}/items?limit=200`)).json) };
}

/** How many whole snapshots in the simulated Proxmox carry the marker of an item. */
function snapshotsOf(dir: string, item: { id: string; vm: { id: string } }): number {
  const raw: unknown = JSON.parse(readFileSync(join(dir, "proxmox.json"), "utf8"));
  const guest = State.parse(raw).guests[item.vm.id.split("/")[1] ?? ""];
  const whole = Object.values(guest?.snapshots ?? {}).filter((snapshot) => snapshot.snapstate === undefined);
  return whole.filter((snapshot) => snapshot.description?.includes(`moxxie=${item.id}`)).length;
}

test("the functions are killed in the middle of a bulk operation: every guest still gets its snapshot, once", async () => {
  await using folder = await dataFolder();
  await using dev = await startDev(folder.dir, "--guests", "36", "--speed", "3");
  const id = await begin(dev);
  process.kill(dev.functionsPid(), "SIGKILL");
  const { done, items } = await end(dev, id);
  expect(done.state).toBe("succeeded");
  await dev.stop();
  expect(items.map((item) => snapshotsOf(folder.dir, item))).toEqual(items.map(() => 1));
});

test("the whole server is killed in the middle of it: after a restart every item says what is true", async () => {
  await using folder = await dataFolder();
  const first = await startDev(folder.dir, "--guests", "36", "--speed", "3");
  const id = await begin(first);
  const before = Items.parse(
    (await first.request(`/v1/operations/${id}/items?limit=200&state=succeeded`)).json,
  );
  await first.kill();
  await using dev = await startDev(folder.dir, "--guests", "36", "--speed", "3");
  const { done, items } = await end(dev, id);
  await dev.stop();
  const states = new Map(items.map((item) => [item.id, item.state]));
  expect(before.items.map((item) => states.get(item.id))).toEqual(before.items.map(() => "succeeded"));
  expect(done.progress.succeeded + done.progress.failed).toBe(done.progress.total);
  expect(items.map((item) => snapshotsOf(folder.dir, item))).toEqual(
    items.map((item) => (item.state === "succeeded" ? 1 : 0)),
  );
});
