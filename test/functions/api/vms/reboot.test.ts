import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/reboot.ts";
import { lab } from "../../../kit/lab.ts";
import { carriedOut } from "../../../kit/proof.ts";

const route = { spec };
const at = (vmid: number, body: unknown = {}) => ({ path: { cluster: "main", vmid }, body });

test("202: a container is rebooted by its own call", async () => {
  const stage = await lab({ mode: "off" });
  const { items } = await carriedOut(stage, await stage.call(route, at(201, { timeout: "1m" })));
  expect(items).toMatchObject([{ state: "succeeded", upid: expect.stringContaining(":vzreboot:201:") }]);
});
