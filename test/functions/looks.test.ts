import { expect, test } from "vitest";
import { writesState } from "../kit/breaking.ts";
import { actions } from "../../core/work/index.ts";
import { isInterrupting } from "../../core/policy/index.ts";
import { LOOK_SECONDS } from "../../core/operation/index.ts";
import * as Stop from "../../functions/api/vms/stop.ts";
import * as BulkDelete from "../../functions/api/bulk/delete.ts";
import * as BulkPower from "../../functions/api/bulk/power.ts";
import * as AddTags from "../../functions/api/vms/tags/add.ts";
import { bench } from "../kit/bench.ts";
import { lab, type Lab } from "../kit/lab.ts";
import { dress, pose, waysOf, type Way } from "../kit/policy-matrix.ts";
import { carriedOut, writesTo } from "../kit/proof.ts";
import { Plan } from "../kit/shape.ts";

const VMID = 104;
const OURS = "maint-ok;moxxie";
const NO_LISTING = { path: "/cluster/resources" };
const noListing = { match: NO_LISTING, do: "answer", status: 500, reason: "no listing" } as const;

const guestOf = (stage: Pick<Lab, "simulator">, vmid = VMID) => {
  const guest = stage.simulator.state.guests[vmid];
  if (!guest) throw new Error(`there is no guest ${vmid}`);
  return guest;
};
const tagIn = (stage: Pick<Lab, "simulator">, tags: string, vmid = VMID) =>
  Object.assign(guestOf(stage, vmid).config, { tags });

/** Whether the plan of a way interrupts the guest, by the descriptions of its actions. */
async function interrupting(stage: Lab, way: Way): Promise<boolean> {
  const { items } = Plan.parse((await way.act(VMID, true)).json);
  const runs = guestOf(stage).status === "running";
  return items.some(({ action: name, detail }) => {
    const action = actions[name];
    return action !== undefined && isInterrupting(action, { detail, runs });
  });
}

/** Has a call accepted, lets somebody at Proxmox tag its guest otherwise, and tells what was written and how it ended. */
async function retaggedAfter(stage: Lab, way: Way, tags: string) {
  pose(stage, way);
  await dress(stage);
  const isInterrupting = await interrupting(stage, way);
  const answer = await way.act(VMID);
  // What an earlier way did may leave nothing to do.
  if (answer.status === 409) return { isInterrupting: false, codes: [], writes: {} };
  stage.simulator.resetCounters();
  tagIn(stage, tags);
  const fault = stage.simulator.faults.add(noListing);
  const { items } = await carriedOut(stage, answer);
  stage.simulator.faults.remove(fault);
  return { isInterrupting, codes: items.map(({ error }) => error?.code), writes: writesTo(stage) };
}

const IS_GUEST = /^(?:POST|PUT|DELETE) \/nodes\/\{node\}\/(?:qemu|lxc|vzdump)/;
const written = (writes: object) => Object.keys(writes).filter((name) => IS_GUEST.test(name));

test("A1: whatever interrupts is not sent to a guest that got always-on after its acceptance, though nobody can list it", async () => {
  const stage = await lab({ mode: "off" });
  const ways = await waysOf(stage);
  await stage.run(60_000);
  const told: [string, boolean, unknown][] = [];
  for (const way of ways) {
    if (way.name.endsWith("/console")) continue;
    const { isInterrupting, codes, writes } = await retaggedAfter(stage, way, `always-on;${OURS}`);
    told.push([way.name, isInterrupting, [codes, isInterrupting ? written(writes) : "is done"]]);
  }
  const interrupted = told.filter(([, isInterrupting]) => isInterrupting);
  expect(interrupted.length).toBeGreaterThan(20);
  const refused = [["policy.always-on"], []];
  expect(interrupted.filter(([, , result]) => JSON.stringify(result) !== JSON.stringify(refused))).toEqual(
    [],
  );
  expect(JSON.stringify(told.filter(([, isInterrupting]) => !isInterrupting))).not.toContain(
    "policy.always-on",
  );
});

test("A1: strict sends nothing to a guest that lost the owner tag after its acceptance, though nobody can list it", async () => {
  const stage = await lab({ mode: "strict" });
  const ways = await waysOf(stage);
  await stage.run(60_000);
  for (const way of ways) {
    if (way.name.includes("clone of a template") || way.name.endsWith("/console")) continue;
    const { codes, writes } = await retaggedAfter(stage, way, "maint-ok");
    expect([way.name, codes, written(writes)]).toEqual([way.name, ["safe-mode.refused"], []]);
  }
});

test("A1: a power job does nothing to a guest that lost maint-ok after its acceptance", async () => {
  const stage = await lab({ mode: "off" });
  const ways = (await waysOf(stage)).filter(({ name }) => name.startsWith("job: power"));
  await stage.run(60_000);
  for (const way of ways) {
    const { codes, writes } = await retaggedAfter(stage, way, "moxxie");
    expect([way.name, codes, written(writes)]).toEqual([way.name, ["policy.maintenance"], []]);
  }
});

test("A1: always-on by Moxxie counts at once for bulk deletion and bulk power, with listings that fail ever since", async () => {
  for (const [route, body] of [
    [BulkDelete, { force: true }],
    [BulkPower, { action: "stop" }],
  ] as const) {
    const stage = await lab({ mode: "off" });
    stage.simulator.faults.add({ ...noListing, match: { ...NO_LISTING, nth: 2 } });
    const path = { cluster: "main", vmid: 102 };
    await carriedOut(stage, await stage.call(AddTags, { path, body: { tags: ["always-on"] } }));
    stage.simulator.resetCounters();
    const { items } = await carriedOut(
      stage,
      await stage.call(route, { body: { select: { vmids: [102] }, ...body } }),
    );
    expect(items).toMatchObject([{ state: "skipped", error: { code: "policy.always-on" } }]);
    expect(writesTo(stage)).toEqual({});
  }
});

test("A1: a look that fails lets nothing through, and the next one decides", async () => {
  const stage = await lab({ mode: "off" });
  const path = { cluster: "main", vmid: 102 };
  const answer = await stage.call(Stop, { path });
  const fault = stage.simulator.faults.add({
    match: { path: "/nodes/{node}/qemu/{vmid}/status/current" },
    do: "cut-before",
  });
  await stage.run(120_000);
  expect(writesTo(stage)).toEqual({});
  tagIn(stage, "always-on;moxxie", 102);
  stage.simulator.faults.remove(fault);
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "policy.always-on" } }]);
  expect(writesTo(stage)).toEqual({});
});

test("A1: what was looked at too long ago is looked at again before anything is sent", async () => {
  const stage = await bench({ mode: "off" });
  const path = { cluster: "main", vmid: 102 };
  const answer = await stage.call(Stop, { path });
  stage.broken.between(writesState("intent"), async () => {
    tagIn(stage, "always-on;moxxie", 102);
    await stage.clock.sleep(LOOK_SECONDS * 1000);
  });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ error: { code: "policy.always-on" } }]);
  expect(writesTo(stage)).toEqual({});
});
