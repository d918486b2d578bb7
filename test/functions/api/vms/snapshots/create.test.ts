import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/vms/snapshots/create.ts";
import { lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { Plan, Problem } from "../../../../kit/shape.ts";

const route = { spec };
const path = (vmid: number, cluster = "main") => ({ cluster, vmid });
const POST = "POST /nodes/{node}/qemu/{vmid}/snapshot";

test("202: the snapshot carries its words, its own expiry and its item", async () => {
  const stage = await lab();
  const body = { name: "before-upgrade", description: "as it was", ttl: "7d" };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { path: path(101), body }));
  expect(operation).toMatchObject({ kind: "snapshot.create", state: "succeeded", progress: { total: 1 } });
  expect(items).toMatchObject([{ vm: { id: "main/101" }, state: "succeeded" }]);
  expect(stage.simulator.state.guests[101]?.snapshots["before-upgrade"]?.description).toBe(
    `as it was\nmoxxie=${operation.id}/0 expires=2026-11-30T12:00:00.000Z`,
  );
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
  expect(await auditOf(stage, { target: "main/101" })).toMatchObject([
    { action: "snapshot.create", outcome: "succeeded", operation: operation.id, upid: items[0]?.upid },
    { action: "snapshot.create", outcome: "accepted", operation: operation.id },
  ]);
});

test("202: a container is taken a snapshot of like a VM; tokens of the name are filled in", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: path(201), body: { name: "s{vmid}-{datetime}" } });
  await carriedOut(stage, answer);
  expect(Object.keys(stage.simulator.state.guests[201]?.snapshots ?? {})).toEqual(["s201-20261123T120000Z"]);
});

test.each([
  [{ name: "one", description: "A5: (TTL: 0h)" }, "/description"],
  [{ name: "one", description: "A5: (TTL: 3651d)" }, "/description"],
  [{ name: "before", tll: "7d" }, "/tll"],
  [{ name: "abc\n" }, "/name"],
  [{ name: "x".repeat(41) }, "/name"],
  [{ name: "current" }, "/name"],
  [{ name: "PENDING" }, "/name"],
  [{ name: "9lives" }, "/name"],
  [{ name: "ok-name", ttl: "5" }, "/ttl"],
  [{ name: "ok-name", description: "a\u0000b" }, "/description"],
])("400: %j; Proxmox is never asked", async (body, pointer) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { path: path(101), body }));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer }]);
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("409: a name that is taken already; nothing is begun", async () => {
  const stage = await lab();
  const ask = () => stage.call(route, { path: path(101), body: { name: "twice" } });
  await carriedOut(stage, await ask());
  stage.simulator.resetCounters();
  const answer = await changingNothing(stage, ask);
  expect(answer).toMatchObject({ status: 409, json: { code: "snapshot.exists" } });
});

test("409: a disk on a storage that cannot take snapshots, as Proxmox says beforehand", async () => {
  const stage = await lab();
  const guest = Object.values(stage.simulator.state.guests).find(({ config }) =>
    config.name?.startsWith("raw"),
  );
  const answer = await changingNothing(stage, () =>
    stage.call(route, { path: path(guest?.vmid ?? 0), body: { name: "never" } }),
  );
  expect(answer).toMatchObject({ status: 409, json: { code: "snapshot.unsupported" } });
});

test("409: a template, and 404: a guest that does not exist", async () => {
  const stage = await lab();
  const body = { name: "never" };
  const template = await changingNothing(stage, () => stage.call(route, { path: path(9000), body }));
  expect(template).toMatchObject({ status: 409, json: { code: "vm.template" } });
  const nobody = await changingNothing(stage, () => stage.call(route, { path: path(999), body }));
  expect(nobody).toMatchObject({ status: 404, json: { code: "vm.missing" } });
});

test("403: strict safe mode keeps a guest without the owner tag; audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const answer = await changingNothing(stage, () =>
    stage.call(route, { path: path(107), body: { name: "never" } }),
  );
  expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  expect(await auditOf(stage)).toMatchObject([{ action: "snapshot.create", outcome: "refused" }]);
});

test("200: a dry run says what it would be called and until when; nothing is done", async () => {
  const stage = await lab();
  const body = { name: "{vm}-x", ttl: "1h" };
  const answer = await changingNothing(stage, () =>
    stage.call(route, { path: path(101), query: { dryRun: "true" }, body }),
  );
  const [item] = Plan.parse(answer.json).items;
  expect(item).toMatchObject({ willRun: true, detail: { expiresAt: "2026-11-23T13:00:00.000Z" } });
});

test("B2: a name with tokens that is taken becomes the next free one; one that is written out is 409", async () => {
  const stage = await lab();
  const call = async (name: string) => stage.call(route, { path: path(101), body: { name } });
  for (const _ of [1, 2]) await carriedOut(stage, await call("{vm}"));
  expect(Object.keys(stage.simulator.state.guests["101"]?.snapshots ?? {})).toEqual(["web-1", "web-1-2"]);
  expect(await call("web-1")).toMatchObject({ status: 409, json: { code: "snapshot.exists" } });
});
