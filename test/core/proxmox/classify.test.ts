import { expect, test } from "vitest";
import { classify, classifyTask, classOf, classOfTask } from "../../../core/proxmox/classify.ts";
import { outcome } from "../../../core/proxmox/task.ts";

test.each([
  [595, "Connection refused", "unsent", "N"],
  [500, "got no worker upid - start worker failed", "unsent", "N"],
  [500, "starting worker failed: unable to fork worker - Cannot allocate memory", "unsent", "N"],
  [500, "unable to fork worker - Resource temporarily unavailable", "unsent", "N"],
  [500, "cluster not ready - no quorum?", "quorum", "N"],
  [500, "VM 100 not running", "permanent", "N"],
  [500, "VM is paused - cannot shutdown", "permanent", "N"],
  [596, "Connection timed out", "ambiguous", "A"],
  [597, "Broken pipe", "ambiguous", "A"],
  [598, "", "ambiguous", "A"],
  [599, "Too many redirections", "ambiguous", "A"],
  [502, "Bad Gateway", "ambiguous", "A"],
  [503, "Service Unavailable", "ambiguous", "A"],
  [504, "Gateway Timeout", "ambiguous", "A"],
  [500, "can't lock file '/var/log/pve/tasks/.active.lock' - got timeout", "ambiguous", "A"],
  [500, "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", "wait", "W"],
  [500, "VM is locked (backup)", "wait", "W"],
  [500, "CT is locked (snapshot-delete)", "wait", "W"],
  [500, "cfs-lock 'storage-ceph' error: got lock request timeout", "wait", "W"],
  [500, "cfs-locked 'storage-ceph' operation: locked command timed out", "wait", "W"],
  [500, "can't lock file '/var/lock/pve-manager/pve-storage-local' - got timeout", "wait", "W"],
  [500, "Failed to obtain guest migration lock - replication running?", "wait", "W"],
  [500, "detected modified configuration - file changed by other user? Try again.", "wait", "W"],
  [500, "Configuration file 'nodes/a/qemu-server/100.conf' does not exist", "moved", "M"],
  [400, "Parameter verification failed.", "permanent", "P"],
  [403, "Permission check failed (/vms/100, VM.PowerMgmt)", "permanent", "P"],
  [500, "snapshot feature is not available", "permanent", "P"],
  [500, "There is a max backup limit of 3 enforced by the storage", "permanent", "P"],
  [500, "unable to rollback to incomplete snapshot (snapstate = delete)", "permanent", "H"],
  [
    500,
    "unable to open file '/etc/pve/nodes/a/qemu-server/100.conf.tmp.9' - Permission denied",
    "ambiguous",
    "Q",
  ],
  [501, "Method 'PATCH /x' not implemented", "permanent", "P"],
  [401, "No ticket", "credentials", "401"],
  [401, "VM is locked (backup)", "credentials", "401"],
  [403, "VM is locked (backup)", "permanent", "P"],
  [500, "", "permanent", "P"],
  [500, "cfs-lock 'file-user_cfg' error: no quorum!", "quorum", "N"],
  [500, "checksum mismatch (file change by other user?)", "wait", "W"],
  [500, "checksum mismatch: got 'a' != expect 'b'", "permanent", "P"],
  [500, "unable to find configuration file for VM 999 on node 'pve1'", "moved", "M"],
  [500, "VM 100 already running", "permanent", "D"],
  [500, "snapshot 's1' does not exist", "permanent", "D"],
  [500, "storage 'nosuch' does not exist", "permanent", "P"],
  [500, "VM 100 not running\nVM 100 not running", "permanent", "N"],
  [500, "unable to create VM 100 - VM 100 already exists on node 'pve1'", "permanent", "P"],
  [400, "VM 100 already running", "permanent", "P"],
  [424, "Failed Dependency", "permanent", "P"],
] as const)("status %d with %j is %s, class %s", (status, text, meaning, kind) => {
  expect([classify(status, text), classOf(status, text)]).toEqual([meaning, kind]);
});

test.each([
  ["can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", "wait", "W"],
  ["VM is locked (snapshot)", "wait", "W"],
  ["cfs-lock 'storage-ceph' error: got lock request timeout", "wait", "W"],
  ["detected modified configuration - file changed by other user? Try again.", "wait", "W"],
  ["Configuration file 'nodes/a/lxc/100.conf' does not exist", "moved", "M"],
  ["unexpected status", "unknown", "U"],
  ["interrupted by signal", "unknown", "U"],
  ["job errors", "unknown", "U"],
  ["unable to open file '/etc/pve/nodes/a/qemu-server/100.conf.tmp.9' - Permission denied", "unknown", "Q"],
  ["snapshot name 'x' already used", "failed", "D"],
  ["VM quit/powerdown failed - got timeout", "failed", "P"],
  ["got no worker upid", "failed", "N"],
  ["the job errors out", "failed", "P"],
  ["VM 100 already running", "failed", "D"],
  ["snapshot 'nosuch' does not exist", "failed", "D"],
  ["received interrupt", "unknown", "U"],
  ["can't lock file '/var/log/pve/tasks/.active.lock' - got timeout", "unknown", "A"],
  ["unable to rollback to incomplete snapshot (snapstate = delete)", "failed", "H"],
  ["snapshot feature is not available", "failed", "P"],
] as const)("a task that ended as %j is %s, class %s", (exit, meaning, kind) => {
  expect([classifyTask(exit), classOfTask(exit)]).toEqual([meaning, kind]);
});

test("a task that tells nothing is unknown, not failed", () => {
  for (const exit of [
    undefined,
    "unexpected status",
    "interrupted by signal",
    "received interrupt",
    "job errors",
  ])
    expect(outcome(exit)).toEqual({ result: "unknown", ok: false, warnings: [] });
  expect(outcome("VM is locked (backup)").result).toBe("failed");
});

test("OK and WARNINGS are success, anything else is not", () => {
  expect(outcome("OK")).toEqual({ result: "ok", ok: true, warnings: [] });
  expect(outcome("WARNINGS: 2")).toEqual({ result: "warnings", ok: true, warnings: ["WARNINGS: 2"] });
  for (const exit of ["", "ok", "OK ", "OK\n", "WARNINGS: ", "WARNINGS: x", "not OK", "unexpected status"])
    expect([exit, outcome(exit).ok]).toEqual([exit, false]);
});
