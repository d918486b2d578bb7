import { expect, test } from "vitest";
import type { Backup } from "../../../core/backup/backup.ts";
import { coverageOf, type Wanted } from "../../../core/backup/coverage-rule.ts";
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
const wanted: Wanted = { now: NOW, maxAgeSeconds: 26 * 3600, verified: false, blind: false };

const backup = (hoursAgo: number, verification: Backup["verification"] = "unknown"): Backup => ({
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

const failed = new Map([["main/101", { at: new Date("2026-11-23T02:00:00Z"), failed: "job errors" }]]);

test.each([
  ["a young backup covers", [backup(10)], {}, "protected", "its newest backup is 10 h old"],
  ["an old one is late", [backup(30), backup(54)], {}, "late", "its newest backup is 30 h old"],
  ["none is missing", [], {}, "missing", "it has no backup"],
  [
    "one that did not verify covers nothing",
    [backup(1, "failed"), backup(25, "ok")],
    {},
    "unverified",
    "its newest backup did not verify",
  ],
  [
    "one that nobody verified is not enough where that is asked for",
    [backup(1, "none")],
    { verified: true },
    "unverified",
    "nobody has verified its newest backup",
  ],
  [
    "an unknown verification is not taken for a good one",
    [backup(1)],
    { verified: true },
    "unverified",
    "nobody has verified its newest backup",
  ],
  ["a verified one is", [backup(1, "ok")], { verified: true }, "protected", "its newest backup is 1 h old"],
  [
    "what a silent storage may hold is unknown, not missing",
    [],
    { blind: true },
    "unknown",
    "no backup is to be seen",
  ],
  ["nor late", [backup(30)], { blind: true }, "unknown", "its newest backup is 30 h old"],
  [
    "a young one is enough whatever the silent storage holds",
    [backup(1)],
    { blind: true },
    "protected",
    "1 h old",
  ],
] as const)("%s", (...[, backups, more, state, because]) => {
  const [found] = coverageOf([guest], backups, new Map(), { ...wanted, ...more });
  expect(found?.state).toBe(state);
  expect(found?.because).toContain(because);
});

test("a failed attempt is told with the reason of the task", () => {
  const [found] = coverageOf([guest], [backup(30)], failed, wanted);
  expect(found).toMatchObject({ state: "late", backups: 1, sizeBytes: 5 });
  expect(found?.because).toBe(
    "its newest backup is 30 h old; the attempt of 2026-11-23T02:00:00.000Z failed: job errors",
  );
});

test("A4: a backup that is dated in the future covers nothing and hides no failed attempt", () => {
  const state = (backups: readonly Backup[]) => coverageOf([guest], backups, failed, wanted)[0];
  expect(state([backup(-48), backup(30)])).toMatchObject({ state: "late", backups: 2 });
  expect(state([backup(-48)])).toMatchObject({
    state: "missing",
    because: expect.stringContaining("it has no backup but such as are dated in the future"),
  });
  expect(state([backup(-0.05)])?.state).toBe("protected");
});
