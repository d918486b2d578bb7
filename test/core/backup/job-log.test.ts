import * as z from "zod";
import { expect, test } from "vitest";
import * as Coverage from "../../../functions/api/backups/coverage.ts";
import * as Prune from "../../../functions/api/backups/prune.ts";
import { resultsOf } from "../../../core/backup/job-log.ts";
import { toGuest } from "../../../core/inventory/guest.ts";
import { placeBackup } from "../../kit/backup.ts";
import { lab, type Lab } from "../../kit/lab.ts";

const Fates = z.object({
  items: z.array(z.object({ vm: z.string(), keep: z.boolean(), because: z.string() })),
});
const Covered = z.object({
  items: z.array(z.object({ vm: z.object({ id: z.string() }), because: z.string() })),
});

const guest = (vmid: number, pool?: string) => {
  const row = { type: "qemu", node: "pve1", status: "running", template: false } as const;
  return toGuest("main", { ...row, id: `qemu/${vmid}`, vmid, ...(pool === undefined ? {} : { pool }) });
};
const GUESTS = [guest(101), guest(102, "acme"), guest(103)];
const start = (words: string) => `INFO: starting new backup job: vzdump${words}`;

test.for<[string, string[], [number, string | undefined][]]>([
  [
    "each guest has its own result",
    [
      start(" 101 102 --storage backup"),
      "INFO: Starting Backup of VM 101 (qemu)",
      "INFO: Finished Backup of VM 101 (00:00:04)",
      "INFO: Starting Backup of VM 102 (qemu)",
      "ERROR: Backup of VM 102 failed - no space left on device",
    ],
    [
      [101, undefined],
      [102, "no space left on device"],
    ],
  ],
  [
    "a task that was cut off failed for those that it did not bring to their end",
    [start(" 101 102 103 --storage backup"), "INFO: Starting Backup of VM 101 (qemu)"],
    [
      [101, "job errors"],
      [102, "job errors"],
      [103, "job errors"],
    ],
  ],
  [
    "one of all guests that came to none failed for all of its node but the excluded",
    [start(" --all 1 --exclude 103 --storage nosuch")],
    [
      [101, "job errors"],
      [102, "job errors"],
    ],
  ],
  ["one of a pool failed for its members", [start(" --pool acme --storage nosuch")], [[102, "job errors"]]],
  ["a log that tells nothing blames nobody", ["TASK ERROR: job errors"], []],
])("%s", ([, lines, expected]) => {
  expect([...resultsOf(lines, "job errors", GUESTS)]).toEqual(expected);
});

/** A backup job of Proxmox itself, of several guests of a node, whose storage is full for all but the first. */
async function jobOfProxmox(stage: Lab, vmids: readonly number[]) {
  const storage = stage.simulator.state.storages["backup"];
  const body = `vmid=${vmids.join(",")}&storage=backup`;
  const node = stage.simulator.state.guests[vmids[0] ?? 0]?.node;
  const answer = stage.simulator.handle({
    method: "POST",
    target: `/api2/json/nodes/${node}/vzdump`,
    headers: {
      authorization: `PVEAPIToken=${stage.simulator.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body,
  });
  await stage.clock.until(answer);
  const fill = () => {
    const made = stage.simulator.state.volumes.some(
      ({ vmid, ctime }) => vmid === vmids[0] && ctime * 1000 >= stage.clock.now().getTime() - 60_000,
    );
    if (made && storage) storage.full = true;
  };
  for (let second = 0; second < 120; second++) {
    fill();
    await stage.clock.advance(1000);
  }
  stage.simulator.resetCounters();
}

async function onOneNode() {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  const own = Object.values(stage.simulator.state.guests).filter(
    ({ node, config }) => node === "pve1" && config["tags"]?.includes("moxxie") && !config["template"],
  );
  const [good = 0, bad = 0] = own.map(({ vmid }) => vmid);
  for (const vmid of [good, bad])
    for (const day of ["20", "21", "22"]) placeBackup(stage, vmid, `2026-11-${day}T02:00:00Z`);
  await jobOfProxmox(stage, [good, bad]);
  return { stage, good, bad };
}

test("F54: of a job of several guests only those keep all their backups whose part of it failed", async () => {
  const { stage, good, bad } = await onOneNode();
  const body = { select: { vmids: [good, bad] }, keep: { last: 1 } };
  const { json } = await stage.call(Prune, { body, query: { dryRun: "true" } });
  const plan = Fates.parse(json);
  const kept = (vmid: number) => plan.items.filter((one) => one.vm === `main/${vmid}` && one.keep);
  expect(kept(good)).toHaveLength(1);
  expect(kept(bad)).toHaveLength(3);
  expect(kept(bad).at(-1)?.because).toContain("the newest backup failed");
});

test("coverage tells of a guest what the log of a job of several says of it", async () => {
  const { stage, bad } = await onOneNode();
  const { json } = await stage.call(Coverage, { query: { limit: "200", maxAge: "7d" } });
  const { items } = Covered.parse(json);
  const told = items.filter(({ because }) => because.includes("failed"));
  expect(told.map(({ vm }) => vm.id)).toEqual([`main/${bad}`]);
});
