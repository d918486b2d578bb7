import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/clone.ts";
import { lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const route = { spec };
const at = (vmid: number, body: Record<string, unknown> = {}) => ({ path: { cluster: "main", vmid }, body });
const POST = "POST /nodes/{node}/qemu/{vmid}/clone";

test.each([9000, 107, 203])(
  "202: the copy of foreign guest %i carries the owner tag beside its own tags; the source does not",
  async (vmid) => {
    const stage = await lab({ mode: "off" });
    const source = stage.simulator.state.guests[vmid];
    Object.assign(source?.config ?? {}, { tags: "env-prod;role-web" });
    const { items } = await carriedOut(stage, await stage.call(route, at(vmid, { newVmid: 900 })));
    expect(items).toMatchObject([{ state: "succeeded", vm: { id: "main/900" } }]);
    expect(stage.simulator.state.guests[900]?.config["tags"]?.split(";").toSorted()).toEqual([
      "env-prod",
      "moxxie",
      "role-web",
    ]);
    expect(source?.config["tags"]).toBe("env-prod;role-web");
  },
);

test("202: a snapshot without the owner tag is copied with it, and a copy of our own guest costs no request more", async () => {
  const stage = await lab();
  const config = stage.simulator.state.guests[110]?.config ?? {};
  const snapshot = { config: { ...config, tags: "" }, snaptime: 1_763_000_000 };
  Object.assign(stage.simulator.state.guests[110] ?? {}, { snapshots: { before: snapshot } });
  await carriedOut(stage, await stage.call(route, at(110, { snapshot: "before", newVmid: 901 })));
  expect(stage.simulator.state.guests[901]?.config["tags"]).toBe("moxxie");
  const before = writesTo(stage);
  await carriedOut(stage, await stage.call(route, at(102, { newVmid: 902 })));
  expect(stage.simulator.state.guests[902]?.config["tags"]).toContain("moxxie");
  expect(writesTo(stage)).toEqual({ ...before, [POST]: (before[POST] ?? 0) + 1 });
});

test("409: a full copy onto a storage that the node does not have, or that holds no disks; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const copy = (storage: string) => at(107, { full: true, storage, node: "pve1" });
  const nfs = stage.simulator.state.storages["nfs"];
  Object.assign(nfs ?? {}, { content: ["iso"] });
  const unfit = await changingNothing(stage, () => stage.call(route, copy("nfs")));
  expect(unfit).toMatchObject({ status: 409, json: { code: "storage.content" } });
  Object.assign(nfs ?? {}, { nodes: ["pve2"] });
  const away = await changingNothing(stage, () => stage.call(route, copy("nfs")));
  expect(away).toMatchObject({ status: 409, json: { code: "storage.missing" } });
});

test("409: a guest whose disks lie on one node is not copied to another; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, at(102, { node: "pve1", full: true })));
  expect(answer).toMatchObject({ status: 409, json: { code: "storage.local" } });
});
