import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/backups/restore.ts";
import { placeBackup } from "../../../kit/backup.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../kit/proof.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const path = { cluster: "main" };
const AT = "2026-11-20T02:00:00Z";
const NEW = { vmid: 5101, node: "pve1", storage: "nfs" };
type Mode = "strict" | "permissive" | "audit" | "off";

function guestOf(stage: Lab, vmid: number) {
  const guest = stage.simulator.state.guests[vmid];
  if (!guest) throw new Error(`there is no guest ${vmid}`);
  return guest;
}
const tagsOf = (stage: Lab, vmid: number) =>
  (guestOf(stage, vmid).config["tags"] ?? "").split(";").toSorted();

/** A backup of guest 102, which was tagged so then, and is tagged so now. */
async function backedUp(mode: Mode, then: string, now: string) {
  const stage = await lab({ mode });
  const guest = guestOf(stage, 102);
  Object.assign(guest, { status: "stopped" });
  guest.config["smbios1"] = "uuid=0a8c1f7e-2f7e-4a6e-9d1c-0d6c1d6f1a02";
  const volid = placeBackup(stage, 102, AT, { config: { ...guest.config, tags: then } });
  guest.config["tags"] = now;
  return { stage, volid };
}

test.for(["strict", "permissive"] as const)(
  "A7: in %s a backup of a foreign guest is not restored as one of ours, as it is not cloned",
  async (mode) => {
    const { stage, volid } = await backedUp(mode, "web", "web");
    const body = { volid, ...NEW };
    const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
    expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
    const query = { dryRun: "true" };
    const plan = Plan.parse((await stage.call(route, { path, body, query })).json);
    expect(plan.items).toMatchObject([{ willRun: false, code: "safe-mode.refused" }]);
    const over = { ...body, override: true };
    const told = Plan.parse((await stage.call(route, { path, body: over, query })).json);
    expect(told.items).toMatchObject([{ willRun: true, because: expect.stringContaining("overridden") }]);
    expect((await stage.call(route, { path, body: over })).status).toBe(202);
  },
);

test("A7: nor does it take the place of a guest that is ours", async () => {
  const { stage, volid } = await backedUp("strict", "web", "web");
  Object.assign(guestOf(stage, 104), { status: "stopped" });
  guestOf(stage, 104).config["tags"] = "moxxie";
  const body = { volid, vmid: 104, force: true };
  const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
});

test("A7: a guest that became ours after its backup is ours; one that is gone is what its backup says", async () => {
  const { stage, volid } = await backedUp("strict", "web", "moxxie;web");
  const dry = { path, body: { volid, ...NEW }, query: { dryRun: "true" } };
  expect(Plan.parse((await stage.call(route, dry)).json).items).toMatchObject([{ willRun: true }]);
  const gone = await backedUp("strict", "moxxie", "web");
  const refused = { ...dry, body: { volid: gone.volid, ...NEW } };
  expect(Plan.parse((await gone.stage.call(route, refused)).json).items).toMatchObject([{ willRun: false }]);
  delete gone.stage.simulator.state.guests[102];
  expect(Plan.parse((await gone.stage.call(route, refused)).json).items).toMatchObject([{ willRun: true }]);
});

test("A7: another guest that has the VMID by now does not lend its tags to the backup", async () => {
  const { stage, volid } = await backedUp("strict", "web", "moxxie");
  guestOf(stage, 102).config["smbios1"] = "uuid=0a8c1f7e-2f7e-4a6e-9d1c-0d6c1d6f1a03";
  const answer = await changingNothing(stage, () => stage.call(route, { path, body: { volid, ...NEW } }));
  expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
});

test("A7: a backup whose configuration cannot be read counts as foreign; one that nobody can ask for now is a 503", async () => {
  const { stage, volid } = await backedUp("strict", "moxxie", "moxxie");
  const match = { method: "GET", path: "/nodes/*/vzdump/extractconfig" };
  const reason = "unable to extract config";
  const fault = stage.simulator.faults.add({ match, do: "answer", status: 500, reason });
  const body = { volid, ...NEW };
  const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(answer).toMatchObject({
    status: 403,
    json: { code: "safe-mode.refused", detail: expect.stringContaining("cannot be read") },
  });
  stage.simulator.faults.remove(fault);
  stage.simulator.faults.add({ match, do: "answer", status: 595, reason: "No route to host" });
  const silent = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(silent.status).toBe(503);
});

test("A7: audit notes it, off asks nobody", async () => {
  const noted = await backedUp("audit", "web", "web");
  const plan = async (stage: Lab, volid: string) =>
    Plan.parse((await stage.call(route, { path, body: { volid, ...NEW }, query: { dryRun: "true" } })).json);
  expect((await plan(noted.stage, noted.volid)).items).toMatchObject([
    { willRun: true, because: expect.stringContaining("does not carry the owner tag") },
  ]);
  const off = await backedUp("off", "web", "web");
  off.stage.simulator.resetCounters();
  expect((await plan(off.stage, off.volid)).items).toMatchObject([{ willRun: true }]);
  expect(off.stage.simulator.counters().calls["GET /nodes/{node}/vzdump/extractconfig"]).toBeUndefined();
});

test.for([
  ["a foreign guest stays foreign", "off", "moxxie;old", "web", ["old"]],
  ["one of ours stays ours, and on", "strict", "old", "Always-On;moxxie", ["always-on", "moxxie", "old"]],
  ["maint-ok does not come back", "strict", "maint-ok;moxxie", "moxxie", ["moxxie"]],
] as const)("A6: through a restore in its place %s", async ([, mode, then, now, after]) => {
  const { stage, volid } = await backedUp(mode, then, now);
  const body = { volid, vmid: 102, force: true, override: true };
  const { operation } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect([operation.state, tagsOf(stage, 102)]).toEqual(["succeeded", [...after]]);
});

test("A6: where the tags of the guest that was replaced cannot be written, the item says which it lacks", async () => {
  const { stage, volid } = await backedUp("strict", "old", "moxxie");
  const match = { method: "PUT", path: "/nodes/*/qemu/102/config" };
  stage.simulator.faults.add({ match, do: "answer", status: 400, reason: "tags are frozen" });
  const body = { volid, vmid: 102, force: true };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(operation.state).toBe("failed");
  expect(items[0]?.error?.detail).toContain("tags of policy that it had (moxxie)");
});
