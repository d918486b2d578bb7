import { expect, test } from "vitest";
import type { Route } from "../kit/routes.ts";
import * as Backups from "../../functions/api/bulk/backups.ts";
import * as Delete from "../../functions/api/bulk/delete.ts";
import * as Migrate from "../../functions/api/bulk/migrate.ts";
import * as Power from "../../functions/api/bulk/power.ts";
import * as Rollback from "../../functions/api/bulk/snapshots/rollback.ts";
import * as Tags from "../../functions/api/bulk/tags.ts";
import * as CreateJob from "../../functions/api/jobs/create.ts";
import * as RunJob from "../../functions/api/jobs/run.ts";
import { poll } from "../../core/inventory/index.ts";
import { lab, type Lab } from "../kit/lab.ts";
import { carriedOut, writesTo } from "../kit/proof.ts";
import { retag } from "../kit/retag.ts";
import { Job } from "../kit/shape.ts";

const VMID = 102;
const SNAPSHOT = { config: {}, snaptime: 1, description: "" };

const guestOf = ({ simulator }: Pick<Lab, "simulator">, vmid = VMID) => {
  const guest = simulator.state.guests[vmid];
  if (!guest) throw new Error(`there is no guest ${vmid}`);
  return guest;
};

const noListing = ({ simulator }: Lab) =>
  simulator.faults.add({
    match: { path: "/cluster/resources" },
    do: "answer",
    status: 500,
    reason: "no listing",
  });

const CALLS: readonly (readonly [string, Pick<Route, "spec">, object])[] = [
  ["delete", Delete, { force: true }],
  ...["stop", "shutdown", "reboot", "reset", "suspend"].map(
    (action) => [`power ${action}`, Power, { action }] as const,
  ),
  ["backups", Backups, { storage: "backup", mode: "stop" }],
  ["migrate", Migrate, {}],
  ["rollback", Rollback, { name: "before" }],
  ["tags", Tags, { add: ["location-ams"] }],
];

test.for(CALLS)(
  "A1: %s leaves a guest alone that lost the tag by which it was chosen, though nobody can list it",
  async ([, route, body]) => {
    const stage = await lab({ mode: "off" });
    await retag(stage, { [VMID]: "moxxie;scrap" });
    guestOf(stage).snapshots["before"] = SNAPSHOT;
    const answer = await stage.call(route, { body: { select: { tags: "scrap" }, ...body } });
    guestOf(stage).config["tags"] = "moxxie";
    noListing(stage);
    const { operation, items } = await carriedOut(stage, answer);
    expect(items).toMatchObject([
      {
        state: "skipped",
        error: {
          code: "selector.unfit",
          detail: "main/102 is not what the selector means any more: has no scrap",
        },
      },
    ]);
    expect(operation.state).toBe("skipped");
    expect(writesTo(stage)).toEqual({});
  },
);

type Selected = readonly [string, object, (stage: Lab) => unknown];

const OTHERWISE: readonly Selected[] = [
  ["a name", { names: ["web-*", "app-*", "db-*"] }, (stage) => (guestOf(stage).config["name"] = "payroll")],
  ["what it does", { vmids: [VMID], status: "running" }, (stage) => (guestOf(stage).status = "stopped")],
  ["an exclusion", { vmids: [VMID], exclude: { tags: "keep" } }, keep],
  ["one of two selectors", [{ tags: "scrap" }, { tags: "junk", types: ["qemu"] }], keep],
];

function keep(stage: Lab) {
  guestOf(stage).config["tags"] = "keep;moxxie";
}

test.for(OTHERWISE)("A1: a deletion asks again by %s", async ([, select, change]) => {
  const stage = await lab({ mode: "off" });
  await retag(stage, { [VMID]: "moxxie;scrap" });
  guestOf(stage).config["name"] = "web-1";
  await stage.clock.until(poll(stage.world, "main"));
  const answer = await stage.call(Delete, { body: { select, force: true } });
  change(stage);
  const { items } = await carriedOut(stage, answer);
  const own = items.filter(({ vm }) => vm.id === "main/102");
  expect(own).toMatchObject([{ state: "skipped", error: { code: "selector.unfit" } }]);
  expect(stage.simulator.state.guests[VMID]).toBeDefined();
});

test("A1: between stop and deletion the selector is asked once more, by tags and not by what the guest does", async () => {
  const stage = await lab({ mode: "off" });
  await retag(stage, { 102: "moxxie;scrap", 104: "moxxie;scrap" });
  const select = { tags: "scrap", status: "running" };
  const answer = await stage.call(Delete, { body: { select, force: true } });
  await stage.run(60_000, async () => {
    if (guestOf(stage).status !== "stopped") return false;
    guestOf(stage).config["tags"] = "moxxie";
    return true;
  });
  const { items } = await carriedOut(stage, answer);
  const [left, gone] = items.toSorted((a, b) => a.vm.id.localeCompare(b.vm.id));
  expect(left).toMatchObject({ vm: { id: "main/102" }, state: "failed", error: { code: "selector.unfit" } });
  expect(gone).toMatchObject({ vm: { id: "main/104" }, state: "succeeded" });
  expect(left?.error?.detail).toMatch(/has no scrap; main\/102 is stopped, and not deleted$/);
});

test("A1: a job that fires asks the selector of its run again too", async () => {
  const stage = await lab({ mode: "off" });
  await retag(stage, { [VMID]: "maint-ok;moxxie;scrap" });
  const select = { tags: "scrap" };
  const body = { name: "off", kind: "power", schedule: "30 2 * * *", select, params: { action: "stop" } };
  const { id: job } = Job.parse((await stage.call(CreateJob, { body })).json);
  const answer = await stage.call(RunJob, { path: { job } });
  guestOf(stage).config["tags"] = "maint-ok;moxxie";
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "selector.unfit" } }]);
  expect(guestOf(stage).status).toBe("running");
});
