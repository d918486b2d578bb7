import { expect, test } from "vitest";
import { simulation } from "./lab.ts";

test("596: pveproxy gives a call up after 30 s, and what was asked for happens all the same", async () => {
  const stage = simulation({ speed: 100 });
  const match = { method: "POST", path: "/nodes/*/qemu/*/status/start" };
  stage.simulator.faults.add({ match, do: "delay", milliseconds: 40_000 });
  const asked = stage.clock.now().getTime();
  const answer = await stage.post(`${stage.where(112)}/status/start`);
  expect([answer.status, answer.body, stage.clock.now().getTime() - asked]).toEqual([596, "", 30_000]);
  expect(stage.simulator.state.guests[112]?.status).toBe("stopped");
  await stage.clock.advance(11_000);
  expect(stage.simulator.state.guests[112]?.status).toBe("running");
});

test("a call that pveproxy answers itself is only slow", async () => {
  const stage = simulation();
  stage.simulator.faults.add({ match: { path: "/version" }, do: "delay", milliseconds: 40_000 });
  expect((await stage.get("/version")).status).toBe(200);
});
