import { expect, test } from "vitest";
import type { Backup } from "../../../core/backup/backup.ts";
import { prunePlan, sparesOf, type Circumstances } from "../../../core/backup/prune-plan.ts";
import { retain } from "../../../core/retention/index.ts";
import { toGuest } from "../../../core/inventory/guest.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const guest = toGuest("main", {
  id: "qemu/101",
  type: "qemu",
  vmid: 101,
  node: "pve1",
  status: "running",
  template: false,
});

const backup = (hoursAgo: number, verification: Backup["verification"] = "ok"): Backup => ({
  id: String(hoursAgo),
  cluster: "main",
  storage: "backup",
  node: null,
  volid: `backup:backup/${hoursAgo}`,
  vm: "main/101",
  createdAt: new Date(NOW.getTime() - hoursAgo * 3_600_000).toISOString(),
  sizeBytes: 5,
  format: "vma.zst",
  notes: "",
  protected: false,
  verification,
  encrypted: false,
});

const about: Circumstances = {
  keep: { last: 1 },
  timezone: "UTC",
  now: NOW,
  newest: new Map(),
  shrunken: () => undefined,
  refused: () => undefined,
};

const going = (backups: readonly Backup[], more: Partial<Circumstances> = {}) =>
  prunePlan([guest], backups, { ...about, ...more })
    .filter(({ keep }) => !keep)
    .map(({ backup: { id } }) => id);

test("A4: a backup that is dated in the future stays, and does not hide that the attempts since then failed", () => {
  const failed = { at: new Date("2026-11-23T02:00:00Z"), failed: "job errors" };
  const all = [backup(-24), backup(20), backup(44)];
  expect(going(all)).toEqual(["44"]);
  expect(going(all, { newest: new Map([["main/101", failed]]) })).toEqual([]);
});

test("A4: one that is protected and dated in the future is nobody's last good one", () => {
  const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds);
  const all = [
    { id: "future", at: ago(-86_400_000), held: "it is protected" },
    { id: "bad", at: ago(1000), good: false },
    { id: "good", at: ago(2000) },
  ];
  const marks = retain(all, { last: 1 }, "UTC", NOW);
  expect(marks.filter((mark) => mark.keep).map(({ id }) => id)).toEqual(["future", "bad", "good"]);
});

test("A4: those that are dated in the future stand in for none that goes", () => {
  const fates = prunePlan([guest], [backup(-48), backup(-24), backup(1), backup(2)], about);
  const last = fates.find(({ keep }) => !keep);
  expect(last && sparesOf(fates)(last)).toEqual(["backup:backup/1"]);
});

test("J: only good backups are remembered as those that have to be there still when another goes", () => {
  const fates = prunePlan([guest], [backup(1), backup(2, "failed"), backup(3), backup(4)], {
    ...about,
    keep: { last: 3 },
  });
  const last = fates.find(({ keep }) => !keep);
  expect(last && sparesOf(fates)(last)).toEqual(["backup:backup/1", "backup:backup/3"]);
});
