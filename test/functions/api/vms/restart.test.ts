import { describe, expect, test } from "vitest";
import { spec as reboot } from "../../../../functions/api/vms/reboot.ts";
import { spec as reset } from "../../../../functions/api/vms/reset.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const at = (vmid: number, body: unknown = {}) => ({ path: { cluster: "main", vmid }, body });

describe.each([
  ["reboot", reboot],
  ["reset", reset],
] as const)("%s", (verb, spec) => {
  const route = { spec };
  const POST = `/nodes/{node}/qemu/{vmid}/status/${verb}`;

  test("202: a VM is up again before the item has succeeded, and audit tells", async () => {
    const stage = await lab({ mode: "strict" });
    const { operation, items } = await carriedOut(stage, await stage.call(route, at(102)));
    expect(operation).toMatchObject({ kind: `vm.${verb}`, state: "succeeded" });
    expect(items).toMatchObject([{ upid: expect.stringContaining(`:qm${verb}:102:`) }]);
    expect(stage.simulator.state.guests["102"]?.status).toBe("running");
    expect(writesTo(stage)).toEqual({ [`POST ${POST}`]: 1 });
    expect(await auditOf(stage, { target: "main/102" })).toMatchObject([
      { action: `vm.${verb}`, outcome: "succeeded" },
      { action: `vm.${verb}`, outcome: "accepted" },
    ]);
  });

  test("202: an answer that got lost is settled by the task that it left, and nothing is asked twice", async () => {
    const stage = await lab();
    stage.simulator.faults.add({ match: { method: "POST", path: POST }, do: "cut-after" });
    const { items } = await carriedOut(stage, await stage.call(route, at(102)));
    expect(items).toMatchObject([{ state: "succeeded", upid: expect.stringContaining(`:qm${verb}:102:`) }]);
    expect(writesTo(stage)).toEqual({ [`POST ${POST}`]: 1 });
  });

  test("202: a request of which nothing is to be seen ends as unknown, and is never sent again", async () => {
    const stage = await lab();
    stage.simulator.faults.add({ match: { method: "POST", path: POST, times: 1 }, do: "cut-before" });
    const { operation, items } = await carriedOut(stage, await stage.call(route, at(102)));
    expect(operation.state).toBe("failed");
    expect(items).toMatchObject([{ state: "unknown", error: { code: "proxmox.no-answer" } }]);
    expect(writesTo(stage)).toEqual({ [`POST ${POST}`]: 1 });
  });

  test("409: a guest that is off, and a template; nothing happens", async () => {
    const stage = await lab({ mode: "off" });
    const off = await changingNothing(stage, () => stage.call(route, at(110)));
    expect(off).toMatchObject({ status: 409, json: { code: "vm.stopped" } });
    const template = await changingNothing(stage, () => stage.call(route, at(9000)));
    expect(template).toMatchObject({ status: 409, json: { code: "vm.template" } });
  });

  test("403: an always-on guest needs override, and a foreign one the owner tag", async () => {
    const stage = await lab();
    const always = await changingNothing(stage, () => stage.call(route, at(101)));
    expect(always).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
    const foreign = await changingNothing(stage, () => stage.call(route, at(105)));
    expect(foreign).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
  });
});
