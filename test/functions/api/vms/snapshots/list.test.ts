import * as z from "zod";
import { expect, test } from "vitest";
import * as Bulk from "../../../../../functions/api/bulk/snapshots.ts";
import { spec } from "../../../../../functions/api/vms/snapshots/list.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { carriedOut } from "../../../../kit/proof.ts";
import { List } from "../../../../kit/shape.ts";

const route = { spec };
const path = { cluster: "main", vmid: 102 };
const Snapshot = z.strictObject({
  name: z.string(),
  parent: z.string().nullable(),
  description: z.string(),
  createdAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  memory: z.boolean(),
  current: z.boolean(),
  broken: z.string().nullable(),
  pin: z.strictObject({ reason: z.string(), until: z.string().nullable() }).nullable(),
});

async function take(stage: Lab, name: string, ttl: string | undefined) {
  const body = { select: { vmids: [102] }, name, ttl };
  await carriedOut(stage, await stage.call(Bulk, { body }));
}

test("200: newest first, with parent, expiry and the one the guest runs on", async () => {
  const stage = await lab();
  await take(stage, "first", "4h");
  await stage.clock.advance(60_000);
  await take(stage, "second", undefined);
  const { items } = List(Snapshot).parse((await stage.call(route, { path })).json);
  expect(items).toMatchObject([
    { name: "second", parent: "first", expiresAt: null, current: true },
    { name: "first", parent: null, expiresAt: "2026-11-23T16:00:00.000Z", current: false, memory: false },
  ]);
});

test("200: the text that the original wrote is understood as an expiry", async () => {
  const stage = await lab();
  const guest = stage.simulator.state.guests["102"];
  const snaptime = Math.floor(stage.clock.now().getTime() / 1000);
  if (guest) guest.snapshots["old"] = { config: {}, snaptime, description: "nightly (TTL: 4h)" };
  const { items } = List(Snapshot).parse((await stage.call(route, { path })).json);
  expect(items).toMatchObject([{ name: "old", expiresAt: "2026-11-23T16:00:00.000Z" }]);
});

test("200: pages cover all snapshots exactly once; a guest without any has an empty list", async () => {
  const stage = await lab();
  expect(List(Snapshot).parse((await stage.call(route, { path })).json).items).toEqual([]);
  for (const name of ["aa", "bb", "cc"]) await take(stage, name, undefined);
  const seen: string[] = [];
  let query: Record<string, string> = { limit: "2" };
  for (let pages = 0; pages < 3; pages++) {
    const list = List(Snapshot).parse((await stage.call(route, { path, query })).json);
    seen.push(...list.items.map(({ name }) => name));
    if (list.nextCursor === null) break;
    query = { limit: "2", cursor: list.nextCursor };
  }
  expect(seen.toSorted()).toEqual(["aa", "bb", "cc"]);
});

test("404: an unknown guest; 503: a Proxmox that does not answer", async () => {
  const stage = await lab();
  expect((await stage.call(route, { path: { cluster: "main", vmid: 999 } })).status).toBe(404);
  stage.simulator.faults.add({ match: {}, do: "cut-before" });
  expect(await stage.call(route, { path })).toMatchObject({ status: 503, json: { retryable: true } });
});

test("502: Proxmox refuses, and its own words are passed on with node and path", async () => {
  const stage = await lab();
  const answer = { status: 403, reason: "Permission check failed (/vms/102, VM.Audit)" };
  stage.simulator.faults.add({ match: { path: "*/snapshot" }, do: "answer", ...answer });
  expect(await stage.call(route, { path })).toMatchObject({
    status: 502,
    json: { code: "proxmox.privilege", proxmox: { status: 403, reason: answer.reason } },
  });
});
