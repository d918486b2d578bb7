import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/backups/restore.ts";
import { placeBackup } from "../../../kit/backup.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, writesTo } from "../../../kit/proof.ts";

const route = { spec };
const path = { cluster: "main" };
const AT = "2026-11-20T02:00:00Z";
const POST = "POST /nodes/{node}/qemu";
const PUT = "PUT /nodes/{node}/qemu/{vmid}/config";
const onTags = { method: "PUT", path: "/nodes/*/qemu/102/config" };

function guestOf(stage: Lab, vmid: number) {
  const guest = stage.simulator.state.guests[vmid];
  if (!guest) throw new Error(`there is no guest ${vmid}`);
  return guest;
}
const tagsOf = (stage: Lab, vmid: number) =>
  (guestOf(stage, vmid).config["tags"] ?? "").split(";").toSorted();

/** A stopped guest that was tagged otherwise when it was backed up. */
async function tagged(then: string, now: string) {
  const stage = await lab({ mode: "off" });
  const guest = guestOf(stage, 102);
  Object.assign(guest, { status: "stopped" });
  const volid = placeBackup(stage, 102, AT, { config: { ...guest.config, tags: then } });
  guest.config["tags"] = now;
  return { stage, body: { volid, vmid: 102, force: true } };
}

test("A6: tags that were set after the plan are those that are kept", async () => {
  const { stage, body } = await tagged("web", "db");
  const answer = await stage.call(route, { path, body });
  guestOf(stage, 102).config["tags"] = "maint-ok;moxxie";
  await carriedOut(stage, answer);
  expect(tagsOf(stage, 102)).toEqual(["maint-ok", "moxxie", "web"]);
});

test("A6: where the backup has the same tags of policy, nothing more is written", async () => {
  const { stage, body } = await tagged("moxxie;web", "db;moxxie");
  await carriedOut(stage, await stage.call(route, { path, body }));
  expect([tagsOf(stage, 102), writesTo(stage)]).toEqual([["moxxie", "web"], { [POST]: 1 }]);
});

test("A6: a lost answer to the write of tags is no lost tag", async () => {
  const { stage, body } = await tagged("web", "moxxie");
  stage.simulator.faults.add({ match: { ...onTags, nth: 1 }, do: "cut-after" });
  const { operation } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect([operation.state, tagsOf(stage, 102), writesTo(stage)[PUT]]).toEqual([
    "succeeded",
    ["moxxie", "web"],
    1,
  ]);
});
