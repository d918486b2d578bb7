import { expect, test } from "vitest";
import { bench, type Bench } from "../../kit/bench.ts";
import { create, createContainer, ended, fromTemplate } from "../vm/births.ts";
import { clone } from "../vm/clones.ts";

const KINDS = [
  ["VM", create, "/qemu"],
  ["container", createContainer, "/lxc"],
] as const;

/** Somebody else makes a guest of this VMID, past us. */
const outsider = (b: Bench, vmid: number, node = "pve1") =>
  b.simulator.handle({
    method: "POST",
    target: `/api2/json/nodes/${node}/qemu`,
    headers: {
      authorization: `PVEAPIToken=${b.simulator.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: `vmid=${vmid}&memory=64`,
  });

/** Somebody else takes the VMID of our request just before it arrives, so many times; gives the VMIDs. */
function raced(b: Bench, times: number): number[] {
  const taken: number[] = [];
  const dial = b.broken.world.dial;
  Object.assign(b.broken.world, {
    dial: (target: Parameters<typeof dial>[0]): ReturnType<typeof dial> => {
      const transport = dial(target);
      return async (wire) => {
        const creates = wire.method === "POST" && /\/(?:qemu|lxc)$/.test(wire.target);
        const vmid = Number(/(?:^|&)vmid=(\d+)/.exec(wire.body ?? "")?.[1]);
        if (!creates || taken.length >= times) return transport(wire);
        taken.push(vmid);
        await outsider(b, vmid);
        return transport(wire);
      };
    },
  });
  return taken;
}

test("F57: of several creations and a clone at once, all told the same next VMID, each gets one of its own", async () => {
  const b = await bench();
  const ids = await Promise.all([
    ...[1, 2, 3].map((n) => create(b, { name: `new-${n}`, node: `pve${n}` })),
    ...[1, 2].map((n) => createContainer(b, { name: `ct-${n}`, node: `pve${n}` })),
    fromTemplate(b, { full: true }),
    clone(b, 9000),
  ]);
  const items = [];
  for (const id of ids) items.push(await ended(b, id));
  expect(items.map(({ state }) => state)).toEqual(ids.map(() => "succeeded"));
  const vmids = items.map(({ result }) => Number(result?.["vmid"]));
  expect(new Set(vmids)).toEqual(new Set([100, 120, 121, 122, 123, 124, 125]));
  expect(b.requests("POST", "/qemu")).toBe(3);
  expect(b.requests("POST", "/lxc")).toBe(2);
});

test.each(KINDS)(
  "F57: an outsider takes the VMID just before our request for a %s: both have a guest, and each its own",
  async (_, make) => {
    const b = await bench();
    const taken = raced(b, 2);
    const item = await ended(b, await make(b, { name: "ours" }));
    expect(taken).toEqual([100, 120]);
    expect(item).toMatchObject({ state: "succeeded", attempts: 3, result: { vmid: 121 } });
    const { guests } = b.simulator.state;
    const names = [100, 120, 121].map((vmid) => guests[vmid]?.config.name ?? guests[vmid]?.config.hostname);
    expect(names).toEqual([undefined, undefined, "ours"]);
  },
);

test.each(KINDS)(
  "F57: a VMID that was asked for and is taken meanwhile fails the creation of a %s; the other's guest is left alone",
  async (_, make) => {
    const b = await bench();
    const taken = raced(b, 1);
    const item = await ended(b, await make(b, { vmid: 900 }));
    expect(taken).toEqual([900]);
    expect(item).toMatchObject({ state: "failed", error: { code: "vm.exists" } });
    expect(b.simulator.state.guests[900]).toBeDefined();
    expect(b.requests("DELETE", "")).toBe(0);
  },
);

test("F57: of two that ask for the same VMID, a VM and a container, one gets it", async () => {
  const b = await bench();
  const ids = await Promise.all([
    create(b, { vmid: 900, node: "pve1" }),
    createContainer(b, { vmid: 900, node: "pve2" }),
  ]);
  const items = [];
  for (const id of ids) items.push(await ended(b, id));
  expect(items.map(({ state }) => state).toSorted()).toEqual(["failed", "succeeded"]);
  expect(items.find(({ state }) => state === "failed")?.error?.code).toBe("vm.exists");
});

test.each(KINDS)(
  "F57: while our request for a %s was lost, an outsider makes a guest of its VMID: it is not taken for ours",
  async (_, make, path) => {
    const b = await bench();
    b.simulator.faults.add({
      match: { method: "POST", path: `/nodes/*${path}`, times: 1 },
      do: "cut-before",
    });
    const id = await make(b);
    await b.run(500);
    await outsider(b, 100);
    const item = await ended(b, id);
    expect(item).toMatchObject({ state: "succeeded", attempts: 2, result: { vmid: 120 } });
    expect(b.simulator.state.guests[100]).toBeDefined();
  },
);
