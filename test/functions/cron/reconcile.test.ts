import { expect, test } from "vitest";
import * as Job from "../../../core/job/index.ts";
import { lab } from "../../kit/lab.ts";
import { made } from "../api/jobs/stage.ts";

test("a schedule that got lost is made again, one that is there is left alone, and a disabled one stays so", async () => {
  const stage = await lab();
  const lost = await made(stage);
  const kept = await made(stage, { name: "kept" });
  const off = await made(stage, { name: "off", enabled: false });
  const before = stage.schedules.list().map(({ Name, State }) => `${Name} ${State}`);
  stage.schedules.delete(lost.id, "moxxie");
  stage.schedules.delete(off.id, "moxxie");
  expect(await Job.reconcile(stage.world)).toBe(2);
  expect(stage.schedules.list().map(({ Name, State }) => `${Name} ${State}`)).toEqual(before);
  expect(stage.schedules.get(kept.id, "moxxie").State).toBe("ENABLED");
  expect(await Job.reconcile(stage.world)).toBe(0);
});
