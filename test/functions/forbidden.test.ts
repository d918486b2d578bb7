import * as z from "zod";
import { expect, test } from "vitest";
import { begin, refresh } from "../../core/inventory/index.ts";
import { register } from "../../core/cluster/index.ts";
import { systemCaller } from "../../core/context.ts";
import { NoAnswer } from "../../core/proxmox/index.ts";
import { spec as coverage } from "../../functions/api/backups/coverage.ts";
import { spec as backups } from "../../functions/api/backups/list.ts";
import { spec as bulkPower } from "../../functions/api/bulk/power.ts";
import { spec as clusters } from "../../functions/api/clusters/list.ts";
import { spec as ready } from "../../functions/api/ready.ts";
import { spec as storages } from "../../functions/api/storages/list.ts";
import { spec as evaluate } from "../../functions/api/tags/evaluate.ts";
import { spec as tags } from "../../functions/api/tags/list.ts";
import { spec as tagVms } from "../../functions/api/tags/vms.ts";
import { spec as vms } from "../../functions/api/vms/list.ts";
import { caller } from "../kit/caller.ts";
import { engine } from "../kit/engine.ts";
import { createSimulator } from "../../local/proxmox/index.ts";
import { lab, type Lab } from "../kit/lab.ts";
import { changingNothing } from "../kit/proof.ts";
import { simulatorTransport } from "../kit/transport.ts";
import { Problem } from "../kit/shape.ts";

const Partial = z.looseObject({
  partial: z.boolean(),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
});

type Trouble = (stage: Lab, other: ReturnType<typeof createSimulator>) => void;
type Fault = Parameters<Lab["simulator"]["faults"]["add"]>[0];
const failing =
  (fault: Omit<Extract<Fault, { do: "answer" }>, "match" | "do">): Trouble =>
  (_, other) =>
    void other.faults.add({ match: {}, do: "answer", ...fault });

/** How a cluster may tell nothing, or as good as nothing. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  "a 401": failing({ status: 401, reason: "Authentication failed!" }),
  "a 403": failing({ status: 403, reason: "Permission check failed (/, Sys.Audit)" }),
  "a 500": failing({ status: 500, reason: "got timeout" }),
  "no answer": (_, other) => void other.faults.add({ match: {}, do: "cut-after" }),
  "lists without anything": (_, other) => {
    for (const vmid of Object.keys(other.state.guests)) delete other.state.guests[vmid];
    other.state.storages = {};
    other.state.acls = [];
    for (const token of Object.values(other.state.tokens)) token.privsep = true;
  },
};

const READS = [
  ["GET /v1/vms", vms, {}],
  ["GET /v1/tags", tags, {}],
  ["GET /v1/tags/{tag}/vms", tagVms, { path: { tag: "env-prod" } }],
  ["POST /v1/tags/evaluate", evaluate, { body: { expression: "env-prod" } }],
  ["GET /v1/backups", backups, {}],
  ["GET /v1/backups/coverage", coverage, {}],
  ["GET /v1/storages", storages, {}],
  ["GET /v1/clusters", clusters, {}],
] as const;

/** Two clusters, both known; then the second one is troubled, and asked again. */
async function twoClusters(trouble: Trouble, known: boolean) {
  const stage = await lab();
  const other = createSimulator({ clock: stage.clock, seed: 2, token: stage.simulator.token });
  const dial: typeof stage.world.dial = (target) =>
    target.cluster === "far" ? simulatorTransport(other, target) : stage.world.dial(target);
  const world = { ...stage.world, dial };
  await register(
    { ...world, ...systemCaller("test", "req_test") },
    { id: "far", name: "far", endpoints: ["https://far.test:8006"], fingerprints: [] },
  );
  if (known) await stage.clock.until(refresh(world, "far"));
  trouble(stage, other);
  await stage.clock.advance(10_000);
  await stage.clock.until(refresh(world, "far"));
  return { stage, world, ...caller(world, stage.clock, stage.admin) };
}

test.for(
  Object.keys(TROUBLES).flatMap((trouble) =>
    [true, false].map((known): [string, string, boolean] => [
      trouble,
      known ? "listed before" : "never listed",
      known,
    ]),
  ),
)(
  "B6: with %s of a cluster that was %s no read is whole, and each names the cluster",
  async ([name, , known]) => {
    const { call } = await twoClusters(TROUBLES[name] ?? (() => undefined), known);
    for (const [route, spec, request] of READS) {
      const answer = await call({ spec }, request);
      expect([route, answer.status]).toEqual([route, 200]);
      const { partial, warnings } = Partial.parse(answer.json);
      expect([route, partial]).toEqual([route, true]);
      expect(warnings.map(({ detail }) => detail).join()).toMatch(/cluster far/);
    }
  },
);

test("B6: a token without rights: lists say what it lacks, the cluster is forbidden and not ready, and all of nothing is refused", async () => {
  const blind = TROUBLES["lists without anything"] ?? (() => undefined);
  const { call, stage } = await twoClusters(blind, false);
  const { warnings } = Partial.parse((await call({ spec: vms })).json);
  expect(warnings).toMatchObject([{ code: "proxmox.privilege", detail: expect.stringMatching(/VM\.Audit/) }]);
  const listed = await call({ spec: clusters });
  expect(listed.json).toMatchObject({ items: [{ id: "far", status: "forbidden" }, { status: "ok" }] });
  const state = await call({ spec: ready });
  expect(state.json).toMatchObject({ status: "degraded" });
  expect(state.body).toMatch(/"cluster\/far","ok":false,[^}]*VM\.Audit/);
  const answer = await changingNothing(stage, () =>
    call({ spec: bulkPower }, { body: { select: { all: true }, action: "start" } }),
  );
  expect(answer.status).toBe(503);
  expect(Problem.parse(answer.json)).toMatchObject({ code: "selector.incomplete" });
});

test("B6: an empty cluster whose token sees everything is empty, and nothing is wrong", async () => {
  const empty: Trouble = (_, other) => {
    for (const vmid of Object.keys(other.state.guests)) delete other.state.guests[vmid];
  };
  const { call } = await twoClusters(empty, false);
  expect(Partial.parse((await call({ spec: vms })).json)).toMatchObject({ partial: false, warnings: [] });
});

test("B18: clusters are asked side by side: one that is silent costs the others nothing", async () => {
  const stage = await lab();
  const ids = ["aaa", "bbb", "ccc"];
  for (const id of ids)
    await register(
      { ...stage.world, ...systemCaller("test", "req_test") },
      { id, name: id, endpoints: [`https://${id}.test:8006`], fingerprints: [] },
    );
  const asked: string[] = [];
  const hang = async ({ cluster }: { cluster: string }) => {
    asked.push(cluster);
    await stage.clock.sleep(20_000);
    throw new NoAnswer("no answer within 20000 ms", true);
  };
  const dial: typeof stage.world.dial = (target) =>
    ids.includes(target.cluster) ? () => hang(target) : stage.world.dial(target);
  await stage.clock.advance(60_000);
  const start = stage.clock.now().getTime();
  const world = { ...stage.world, dial };
  await stage.clock.until(begin(world));
  const workers = engine(world, stage);
  await workers.run(0);
  expect(asked.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ids);
  await workers.run(20_000);
  const { asOf } = z.object({ asOf: z.string() }).parse((await stage.call({ spec: vms })).json);
  expect(Date.parse(asOf)).toBeLessThanOrEqual(start + 20_000);
});
