import { expect, test } from "vitest";
import { spec } from "../../../functions/api/me.ts";
import { lab } from "../../kit/lab.ts";

const route = { spec };

test("200: who the caller is, and nothing of the key but its public id", async () => {
  const stage = await lab();
  const key = await stage.addKey("viewer");
  const answer = await stage.call(route, { key });
  expect(answer).toMatchObject({ status: 200, json: { name: "viewer", roles: ["viewer"], can: null } });
  expect(answer.body).not.toContain(key.split("_")[2]);
  expect((await stage.call(route)).json).toMatchObject({ roles: ["admin"], scopes: ["*"] });
});

test.for([
  ["admin", "vm.stop", "main/102", true],
  ["admin", "vm.stop", "main/101", false],
  ["admin", "vm.stop", "main/105", false],
  ["admin", "vm.start", "main/105", true],
  ["operator", "vm.stop", "main/102", true],
  ["viewer", "vm.start", "main/102", false],
] as const)("200: %s, %s on %s: %s, with the reason", async ([role, can, vm, allowed]) => {
  const stage = await lab();
  const key = await stage.addKey(role);
  const answer = await stage.call(route, { key, query: { can, vm } });
  expect(answer.json).toMatchObject({
    can: { action: can, vm, allowed, reason: expect.stringMatching(/\w/) },
  });
});

test("200: without a guest the role alone decides", async () => {
  const stage = await lab();
  const key = await stage.addKey("viewer");
  const ask = async (can: string) => (await stage.call(route, { key, query: { can } })).json;
  expect(await ask("vm.list")).toMatchObject({ can: { allowed: true } });
  expect(await ask("safe-mode.manage")).toMatchObject({ can: { allowed: false } });
});

test("404: an unknown guest; 400: what is no guest", async () => {
  const stage = await lab();
  const missing = await stage.call(route, { query: { can: "vm.stop", vm: "main/999" } });
  expect(missing).toMatchObject({ status: 404, json: { code: "vm.missing" } });
  const bad = await stage.call(route, { query: { can: "vm.stop", vm: "102" } });
  expect(bad).toMatchObject({ status: 400, json: { errors: [{ pointer: "/vm" }] } });
});
