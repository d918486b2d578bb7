import { expect, test } from "vitest";
import { bench, type Bench } from "../../kit/bench.ts";
import { checked, clone } from "../vm/clones.ts";

const TEMPLATE = 9000;
const NEXTID = { method: "GET", path: "/cluster/nextid" };

/** Somebody else clones the template to this VMID, past us. */
const outsider = (b: Bench, newid: number, vmid = TEMPLATE) =>
  b.simulator.handle({
    method: "POST",
    target: `/api2/json/nodes/${b.simulator.state.guests[vmid]?.node ?? ""}/qemu/${vmid}/clone`,
    headers: {
      authorization: `PVEAPIToken=${b.simulator.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: `newid=${newid}`,
  });

type Moment = "long before" | "just before" | "just after";

/** Somebody else clones a guest to the VMID of our request, at that moment; gives the VMIDs. */
function raced(b: Bench, moment: Moment, times = 1, vmid = TEMPLATE): number[] {
  const taken: number[] = [];
  const dial = b.broken.world.dial;
  Object.assign(b.broken.world, {
    dial: (target: Parameters<typeof dial>[0]): ReturnType<typeof dial> => {
      const transport = dial(target);
      return async (wire) => {
        const newid = Number(/newid=(\d+)/.exec(wire.body ?? "")?.[1]);
        if (Number.isNaN(newid) || taken.length >= times) return transport(wire);
        taken.push(newid);
        if (moment !== "just after") await outsider(b, newid, vmid);
        if (moment === "long before") await b.clock.sleep(200);
        const answer = await transport(wire);
        if (moment === "just after") await outsider(b, newid, vmid);
        return answer;
      };
    },
  });
  return taken;
}

test("F57: of several clones at once, all told the same next VMID, each gets one of its own", async () => {
  const b = await bench();
  const ids = await Promise.all([1, 2, 3, 4].map((n) => clone(b, TEMPLATE, { name: `copy-${n}` })));
  for (const id of ids) await b.live(id);
  const items = await Promise.all(ids.map((id) => checked(b, id)));
  expect(items.map(({ state }) => state)).toEqual(["succeeded", "succeeded", "succeeded", "succeeded"]);
  const vmids = items.map(({ result }) => Number(result?.["vmid"]));
  expect(new Set(vmids)).toEqual(new Set([100, 120, 121, 122]));
  expect(b.requests("POST", "/clone")).toBe(4);
});

test.each([
  ["long before", 120, [100]],
  ["just before", 120, [100]],
  ["just after", 100, []],
] as const)(
  "F57: an outsider asks for the same VMID %s our request: each of the two has its own guest or none",
  async (moment, mine, theirs) => {
    const b = await bench();
    const taken = raced(b, moment);
    const id = await clone(b, TEMPLATE);
    await b.live(id);
    const item = await checked(b, id);
    expect(taken).toEqual([100]);
    expect(item).toMatchObject({ state: "succeeded", result: { vmid: mine, node: "pve2" } });
    const copies = Object.values(b.simulator.state.guests).filter(({ config }) =>
      config.name?.startsWith("Copy-of"),
    );
    expect(copies.map(({ lock }) => lock)).toEqual(copies.map(() => undefined));
    expect(copies.map(({ vmid }) => vmid).filter((vmid) => vmid !== mine)).toEqual(theirs);
  },
);

test("F57: one that loses the VMID only inside its task, to another node, takes the next one", async () => {
  const b = await bench();
  // On another node than the template's, so that only pmxcfs knows of the other guest.
  const other = Object.values(b.simulator.state.guests).find(
    ({ node, kind, status }) => node !== "pve2" && kind === "qemu" && status === "stopped",
  );
  expect(b.simulator.state.guests[TEMPLATE]?.node).toBe("pve2");
  const taken = raced(b, "just before", 3, other?.vmid ?? 0);
  const id = await clone(b, TEMPLATE);
  await b.live(id);
  expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
  expect(taken).toEqual([100, 120, 121]);
});

test("F57: a VMID that was asked for and is taken meanwhile fails the clone, and no other is taken", async () => {
  const b = await bench();
  const taken = raced(b, "long before");
  const id = await clone(b, TEMPLATE, { newVmid: 900 });
  await b.live(id);
  expect(await checked(b, id)).toMatchObject({ state: "failed", error: { code: "vm.exists" } });
  expect(taken).toEqual([900]);
  expect(b.simulator.state.guests[900]?.lock).toBeUndefined();
});

test("F57: of two that ask for the same VMID one gets it, and the other hears of it at once or in its item", async () => {
  const b = await bench();
  const ids = await Promise.all([clone(b, TEMPLATE, { newVmid: 900 }), clone(b, 102, { newVmid: 900 })]);
  for (const id of ids) await b.live(id);
  const items = await Promise.all(ids.map((id) => checked(b, id)));
  expect(items.map(({ state }) => state).toSorted()).toEqual(["failed", "succeeded"]);
  expect(items.find(({ state }) => state === "failed")?.error?.code).toBe("vm.exists");
});

test("a nextid that cannot be asked is asked again, and nothing is kept for ever", async () => {
  const b = await bench();
  b.simulator.faults.add({
    match: { ...NEXTID, times: 3 },
    do: "answer",
    status: 596,
    reason: "Connection timed out",
  });
  const id = await clone(b, TEMPLATE);
  await b.live(id);
  expect(await checked(b, id)).toMatchObject({ state: "succeeded" });
});

test.each([
  ["clones the same template to it", async (b: Bench): Promise<void> => void (await outsider(b, 100))],
  [
    "makes a guest of it, and takes long",
    async (b: Bench) => {
      const born = { vmid: 100, kind: "qemu", node: "pve2", status: "stopped", lock: "create" } as const;
      b.simulator.state.guests[100] = { ...born, config: {}, snapshots: {} };
    },
  ],
] as const)(
  "F57: while our request for a VMID was lost, an outsider %s: it is not taken for ours",
  async (_, act) => {
    const b = await bench();
    b.simulator.faults.add({ match: { method: "POST", path: "/nodes/*/clone", times: 1 }, do: "cut-before" });
    const id = await clone(b, TEMPLATE);
    await b.run(500);
    await act(b);
    await b.live(id);
    expect(await checked(b, id)).toMatchObject({ state: "succeeded", result: { vmid: 120 } });
    expect(b.simulator.state.guests[100]).toBeDefined();
  },
);
