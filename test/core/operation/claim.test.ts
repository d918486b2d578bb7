import { expect, test } from "vitest";
import { serve } from "../../../core/operation/claim.ts";
import type { Running } from "../../../core/operation/node.ts";

const one = (n: number) => ({ holder: `op_1/${n}`, vmid: 100 + n, action: "snapshot.create", start: 0 });
const claim = (n: number) => ({ ...one(n), seen: 3 });
const holders = (list: readonly Running[]) => list.map(({ holder }) => holder);
const at = { cap: 4, start: 7 };

test("whoever finds no slot waits in line, once, and is called with its fence when there is one", () => {
  const full = { running: [1, 2, 3, 4].map(one), claims: [claim(8)] };
  const waits = serve(full, claim(9), at);
  expect([waits.granted, waits.called]).toEqual([false, []]);
  expect(serve(waits, { ...claim(8), seen: 5 }, at).claims).toEqual([{ ...claim(8), seen: 5 }, claim(9)]);
  const free = serve({ ...waits, running: full.running.slice(1) }, undefined, at);
  expect(free).toMatchObject({ called: [claim(8)], claims: [claim(9)] });
  expect(free.running.at(-1)).toEqual({ ...one(8), start: 7, claimed: true });
});

test("those in line get half of the slots at most, and one that found a slot waits no more", () => {
  const empty = { running: [], claims: [1, 2, 3].map(claim) };
  const served = serve(empty, undefined, at);
  expect(holders(served.running)).toEqual(["op_1/1", "op_1/2"]);
  expect(serve(served, undefined, at).called).toEqual([]);
  expect(serve(served, claim(3), at)).toMatchObject({ granted: true, claims: [] });
  expect(serve(empty, undefined, { cap: 1, start: 7 }).called).toEqual([claim(1)]);
});

test("one whose guest is elsewhere takes no slot here, and needs one when the guest comes back", () => {
  const full = { running: [1, 2, 3, 4].map(one), claims: [] };
  const looked = serve(full, { ...claim(9), away: true }, at);
  expect(looked).toMatchObject({ granted: true, claims: [] });
  expect(looked.running.at(-1)).toEqual({ ...one(9), away: true });
  expect(serve(looked, claim(8), at).granted).toBe(false);
  const back = serve(looked, claim(9), at);
  expect(back).toMatchObject({ granted: false, claims: [claim(9)] });
  const room = { ...looked, running: looked.running.slice(1) };
  expect(serve(room, claim(9), at).running.at(-1)).toEqual(one(9));
  expect(serve(room, claim(8), at).granted).toBe(true);
});

test("the line is short: who finds it full asks again", () => {
  const claims = Array.from({ length: 16 }, (_, n) => claim(n + 10));
  const full = { running: [1, 2, 3, 4].map(one), claims };
  expect(serve(full, claim(99), at)).toMatchObject({ granted: false, claims });
});
