import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/vms/tags/get.ts";
import { lab } from "../../../../kit/lab.ts";

const route = { spec };
const path = { cluster: "main", vmid: 102 };

test("200: the tags of a guest, without asking Proxmox", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path });
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.json).toEqual({ tags: ["client-acme", "env-prod", "moxxie", "role-web"] });
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("200: fresh asks Proxmox itself, with one request", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests[102]?.config ?? {}, { tags: " " });
  expect((await stage.call(route, { path, query: { fresh: "true" } })).json).toEqual({ tags: [] });
  expect(stage.simulator.counters().total.requests).toBe(1);
});

test("404: a guest that is not there", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: { cluster: "main", vmid: 999 } });
  expect(answer).toMatchObject({ status: 404, json: { code: "vm.missing" } });
});
