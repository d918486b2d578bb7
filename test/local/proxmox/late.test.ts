import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

const STOPPED = 112;

async function listed({ get }: ReturnType<typeof simulation>) {
  const all = rows(await get("/cluster/resources", { type: "vm" }));
  return all.find((row) => row["vmid"] === STOPPED)?.["status"];
}

test("a listing shows what a guest did at the last ten seconds' mark, its own status what it does now", async () => {
  const stage = simulation({ late: true, speed: 100 });
  await stage.clock.advance(1000);
  expect(await stage.ended(await stage.post(`${stage.where(STOPPED)}/status/start`))).toBe("OK");
  const current = await stage.get(`${stage.where(STOPPED)}/status/current`);
  expect(current.json.data).toMatchObject({ status: "running" });
  expect(await listed(stage)).toBe("stopped");
  await stage.clock.advance(10_000);
  expect(await listed(stage)).toBe("running");
});
