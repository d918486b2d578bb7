import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/reset.ts";
import { lab } from "../../../kit/lab.ts";
import { changingNothing } from "../../../kit/proof.ts";

const route = { spec };
const at = (vmid: number, body: unknown = {}) => ({ path: { cluster: "main", vmid }, body });

test("409: a container cannot be reset; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, at(201)));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.container" } });
});

test("400: a reset knows no timeout; nothing happens", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(102, { timeout: "1m" })));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/timeout" }] } });
});
