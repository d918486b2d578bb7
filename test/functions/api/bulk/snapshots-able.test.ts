import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/bulk/snapshots.ts";
import { spec as one } from "../../../../functions/api/vms/snapshots/create.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const FEATURE = "GET /nodes/{node}/qemu/{vmid}/feature";
const POST = "POST /nodes/{node}/qemu/{vmid}/snapshot";

const guests = ({ simulator }: Lab) => Object.values(simulator.state.guests);
/** One on a storage that takes no snapshots. */
const raw = (stage: Lab) => guests(stage).find(({ config }) => config.name?.startsWith("raw"))?.vmid ?? 0;
const asks = ({ simulator }: Lab) => simulator.counters().calls[FEATURE]?.requests ?? 0;

test("200: a dry run says of each guest whether its storage can take a snapshot", async () => {
  const stage = await lab({ mode: "off" });
  const body = { select: { vmids: [101, raw(stage)] } };
  const answer = await changingNothing(stage, () => stage.call(route, { body, query: { dryRun: "true" } }));
  const { items } = Plan.parse(answer.json);
  expect(items.find(({ vm }) => vm?.id === `main/${raw(stage)}`)).toMatchObject({
    willRun: false,
    code: "snapshot.unsupported",
    because: expect.stringContaining("storage"),
  });
  expect(items.find(({ vm }) => vm?.id === "main/101")).toMatchObject({ willRun: true });
});

test("202: such a guest is skipped with its reason, and never asked for a snapshot", async () => {
  const stage = await lab({ mode: "off" });
  const body = { select: { vmids: [101, raw(stage)] } };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation.state).toBe("succeeded");
  expect(items.find(({ state }) => state === "skipped")).toMatchObject({
    vm: { id: `main/${raw(stage)}` },
    error: { code: "snapshot.unsupported" },
  });
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
});

test("202: of many guests nobody is asked beforehand, and Proxmox's own refusal is the same skip", async () => {
  const stage = await lab({ mode: "off", guests: 40 });
  const body = { select: { all: true, types: ["qemu"] } };
  const { items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(asks(stage)).toBe(0);
  expect(items.length).toBeGreaterThan(20);
  const unfit = items.filter(({ error }) => error?.code === "snapshot.unsupported");
  expect(unfit.length).toBeGreaterThan(0);
  expect(unfit.every(({ state, reason }) => state === "skipped" && reason?.includes("storage"))).toBe(true);
});

test("200: a node that does not answer is asked no more, and its guests stay in the plan", async () => {
  const stage = await lab({ mode: "off", guests: 90 });
  stage.simulator.faults.add({
    match: { method: "GET", path: "/nodes/{node}/qemu/{vmid}/feature" },
    do: "cut-before",
  });
  const body = { select: { all: true, types: ["qemu"] } };
  const answer = await stage.call(route, { body, query: { dryRun: "true" } });
  const plan = Plan.parse(answer.json);
  expect(plan.summary.run).toBeGreaterThan(60);
  expect(asks(stage)).toBeLessThan(plan.summary.run);
});

test("409: memory of a container; in bulk a skip with the same code; a dry run says so", async () => {
  const stage = await lab({ mode: "off" });
  const wish = { name: "with-memory", memory: true };
  const single = await changingNothing(stage, () =>
    stage.call({ spec: one }, { path: { cluster: "main", vmid: 201 }, body: wish }),
  );
  expect(single).toMatchObject({
    status: 409,
    json: { code: "snapshot.memory", detail: expect.stringContaining("`memory`") },
  });
  const body = { select: { vmids: [101, 201] }, ...wish };
  const { items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(items.find(({ vm }) => vm.id === "main/201")).toMatchObject({
    state: "skipped",
    error: { code: "snapshot.memory" },
  });
  expect(stage.simulator.state.guests[101]?.snapshots["with-memory"]?.vmstate).toBe(true);
  expect(stage.simulator.state.guests[201]?.snapshots).toEqual({});
});

test.each(["answered", "cut-after"])(
  "202: memory of a VM that is off is none, as the plan says and the item warns (%s)",
  async (how) => {
    const stage = await lab({ mode: "off" });
    const off = guests(stage).find(
      ({ kind, status, config }) => kind === "qemu" && status === "stopped" && !config.template,
    );
    const call = { path: { cluster: "main", vmid: off?.vmid ?? 0 }, body: { name: "cold", memory: true } };
    const plan = Plan.parse((await stage.call({ spec: one }, { ...call, query: { dryRun: "true" } })).json);
    expect(plan.items[0]?.because).toContain("no memory to keep");
    if (how === "cut-after")
      stage.simulator.faults.add({
        match: { method: "POST", path: "/nodes/{node}/qemu/{vmid}/snapshot", times: 1 },
        do: how,
      });
    const { items } = await carriedOut(stage, await stage.call({ spec: one }, call));
    expect(items).toMatchObject([
      { state: "succeeded", warnings: [expect.stringContaining("holds no memory")] },
    ]);
  },
);

test("202: memory of a VM that runs is kept, without a warning", async () => {
  const stage = await lab({ mode: "off" });
  const call = { path: { cluster: "main", vmid: 101 }, body: { name: "warm", memory: true } };
  const { items } = await carriedOut(stage, await stage.call({ spec: one }, call));
  expect(items).toMatchObject([{ state: "succeeded", warnings: [] }]);
});
