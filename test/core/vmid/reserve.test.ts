import * as fc from "fast-check";
import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import type { World } from "../../../core/context.ts";
import type { Store } from "../../../core/db/index.ts";
import { Fault } from "../../../core/lib/fault.ts";
import { itemKey } from "../../../core/operation/item.ts";
import { free, reservations } from "../../../core/vmid/reservation.ts";
import { isTaken, reserve } from "../../../core/vmid/reserve.ts";
import { bench } from "../../kit/bench.ts";
import { lab, type Lab } from "../../kit/lab.ts";

const holder = (n: number) => `op_${String(n).padStart(26, "0")}/0`;

/** A store whose answers take as long as the numbers say, in turn: whoever waits is overtaken. */
function late(world: World, delays: readonly number[]): World {
  let turn = 0;
  const wait = () => world.clock.sleep(delays[turn++ % delays.length] ?? 0);
  const store: Store = {
    ...world.store,
    query: async (query) => (await wait(), world.store.query(query)),
    write: async (changes) => (await wait(), world.store.write(changes)),
  };
  return { ...world, store };
}

/** What came of each wish: the VMID, or the code of the refusal. */
function outcomes(stage: Lab, wishes: readonly (number | undefined)[], delays: readonly number[]) {
  const slow = late(stage.world, delays);
  const one = async (wanted: number | undefined, n: number) => {
    const proxmox = await connect(stage.world, "main");
    const wish = { holder: holder(n), ...(wanted === undefined ? {} : { wanted }) };
    return reserve(slow, proxmox, wish).catch((error: unknown) => {
      if (error instanceof Fault) return error.code;
      throw error;
    });
  };
  return stage.clock.until(Promise.all(wishes.map(one)));
}

const guest = (vmid: number) => ({ vmid, kind: "qemu" as const, node: "pve1", status: "stopped" as const });

/** Somebody else makes a guest after so many milliseconds, without asking us. */
async function bear({ clock, simulator }: Lab, vmid: number, after: number): Promise<void> {
  await clock.sleep(after);
  simulator.state.guests[vmid] ??= { ...guest(vmid), config: {}, snapshots: {} };
}

test("several at once get different VMIDs that no guest has, and a wanted one goes to one of them at most", async () => {
  const wish = fc.option(fc.integer({ min: 100, max: 130 }), { nil: undefined });
  const wishes = fc.array(wish, { minLength: 2, maxLength: 12 });
  const delays = fc.array(fc.nat(40), { minLength: 1, maxLength: 30 });
  const born = fc.array(fc.tuple(fc.integer({ min: 100, max: 140 }), fc.nat(80)), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(wishes, delays, born, async (wanted, pauses, others) => {
      const stage = await lab();
      const before = new Set(Object.keys(stage.simulator.state.guests).map(Number));
      for (const [vmid, after] of others) void bear(stage, vmid, after);
      const found = await outcomes(stage, wanted, pauses);
      const got = found.filter((one) => typeof one === "number");
      expect(new Set(got).size).toBe(got.length);
      expect(got.filter((vmid) => before.has(vmid))).toEqual([]);
      for (const [n, one] of found.entries())
        expect(wanted[n] === undefined ? typeof one : [wanted[n], "vm.exists"]).toSatisfy((fit: unknown) =>
          Array.isArray(fit) ? fit.includes(one) : fit === "number",
        );
      const kept = await reservations(stage.world, "main");
      expect(kept.map(({ vmid }) => vmid).toSorted((a, b) => a - b)).toEqual(got.toSorted((a, b) => a - b));
    }),
    { numRuns: 60 },
  );
});

test("the lowest free VMIDs of the range that the cluster sets itself are taken", async () => {
  const stage = await lab();
  // The fleet has 101 to 119.
  const found = await outcomes(stage, [undefined, undefined, undefined], [0]);
  expect(new Set(found)).toEqual(new Set([100, 120, 121]));
  stage.simulator.state.sections["options"] = { datacenter: { "next-id": "lower=5000,upper=6000" } };
  const proxmox = await connect(stage.world, "main");
  expect(await stage.clock.until(reserve(stage.world, proxmox, { holder: holder(7) }))).toBe(5000);
});

test("a VMID that a guest has, or another keeps, is a conflict that names why; nothing is kept then", async () => {
  const stage = await lab();
  expect(await outcomes(stage, [101], [0])).toEqual(["vm.exists"]);
  expect(await reservations(stage.world, "main")).toEqual([]);
  const proxmox = await connect(stage.world, "main");
  const ask = (n: number) =>
    stage.clock.until(reserve(stage.world, proxmox, { holder: holder(n), wanted: 900 }));
  expect(await ask(1)).toBe(900);
  await expect(ask(2)).rejects.toThrow(`VMID 900 of cluster main is taken: it is kept for ${holder(1)}`);
  expect(await stage.clock.until(isTaken(stage.world, proxmox, 900))).toContain(holder(1));
  expect(await stage.clock.until(isTaken(stage.world, proxmox, 101))).toBe("a guest has it");
  expect(await stage.clock.until(isTaken(stage.world, proxmox, 901))).toBeUndefined();
});

test("whoever asks again gets the same VMID, and another one once a guest has that", async () => {
  const stage = await lab();
  const proxmox = await connect(stage.world, "main");
  const again = () => stage.clock.until(reserve(stage.world, proxmox, { holder: holder(1) }));
  expect([await again(), await again()]).toEqual([100, 100]);
  stage.simulator.state.guests[100] = { ...guest(100), config: {}, snapshots: {} };
  expect(await again()).toBe(120);
  expect(await reservations(stage.world, "main")).toEqual([{ vmid: 120, holder: holder(1) }]);
});

test("what another keeps is not given back; what expired, or whose holder has ended, is free", async () => {
  const b = await bench();
  const proxmox = await connect(b.world, "main");
  const ask = (of: string) => b.clock.until(reserve(b.world, proxmox, { holder: of, wanted: 900 }));
  await ask(holder(1));
  await free(b.world, "main", { vmid: 900, holder: holder(2) });
  expect(await reservations(b.world, "main")).toHaveLength(1);
  await b.clock.advance(10 * 86_400_000);
  expect(await ask(holder(2))).toBe(900);
  const id = await b.snapshots([102]);
  await b.settle(id);
  await free(b.world, "main", { vmid: 900, holder: holder(2) });
  await ask(`${id}/0`);
  expect(await ask(holder(3))).toBe(900);
  // One that ended as unknown may have been carried out.
  await free(b.world, "main", { vmid: 900, holder: holder(3) });
  await ask(`${id}/0`);
  await b.store.write([{ table: "History", update: itemKey(id, 0), set: { state: "unknown" } }]);
  await expect(ask(holder(4))).rejects.toThrow(`${id}/0`);
});
