import { expect, test } from "vitest";
import * as z from "zod";
import * as GetOperation from "../../../functions/api/operations/get.ts";
import * as Stop from "../../../functions/api/vms/stop.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesTo } from "../../kit/proof.ts";
import { Operation } from "../../kit/shape.ts";

const MINUTE = 60_000;
const Shown = z.object({ state: z.string(), waitingFor: z.string().nullable() });

const shown = async (b: Bench, operation: string) =>
  Shown.parse((await b.call(GetOperation, { path: { operation } })).json);

test("F50: a snapshot that sits in a frozen file system for 25 minutes keeps running, is told of, and nothing else touches its guest", async () => {
  const b = await bench();
  b.simulator.inflict({ do: "fsfreeze-stuck", vmid: 102 });
  const id = await b.snapshots([102], { name: "frozen" });
  await b.run(MINUTE);
  const stop = await b.call(Stop, { path: { cluster: "main", vmid: 102 }, body: { lockWait: "1h" } });
  const other = Operation.parse(stop.json).id;
  for (let minutes = 0; minutes < 25; minutes += 5) {
    await b.run(5 * MINUTE);
    await b.sweep();
  }
  expect(await shown(b, id)).toMatchObject({ state: "running" });
  expect((await shown(b, id)).waitingFor).toMatch(/main\/102.*(25|26) min/);
  expect(await b.item(id)).toMatchObject({ state: "sent", attempts: 1 });
  expect(await shown(b, other)).toMatchObject({
    state: "running",
    waitingFor: expect.stringContaining("another change of main/102 is under way"),
  });
  expect(writesTo(b)).toEqual({ "POST /nodes/{node}/qemu/{vmid}/snapshot": 1 });
});
