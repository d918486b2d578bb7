import { expect, test } from "vitest";
import { bench } from "../../kit/bench.ts";
import { writesState } from "../../kit/breaking.ts";
import { checked, clone, madeBy } from "./clones.ts";

test("a clone that somebody moved before its worker's successor looked is found, and not made a second time", async () => {
  const b = await bench({ mode: "off" });
  b.broken.on(writesState("sent"), "before");
  const id = await clone(b, 102);
  await b.run(40_000);
  const made = b.simulator.state.guests[madeBy(b, id)[0] ?? 0];
  if (!made) throw new Error("nothing was made");
  made.node = made.node === "pve3" ? "pve1" : "pve3";
  await b.live(id);
  expect(await checked(b, id)).toMatchObject({ state: "succeeded", attempts: 1 });
  expect(b.requests("POST", "/clone")).toBe(1);
});
