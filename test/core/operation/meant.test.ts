import { expect, test } from "vitest";
import { toGuest } from "../../../core/inventory/guest.ts";
import { chosenAgain, sameOnly } from "../../../core/operation/meant.ts";

const guest = (vmid: number) =>
  toGuest("main", {
    id: `qemu/${vmid}`,
    type: "qemu",
    vmid,
    node: "pve1",
    status: "running",
    template: false,
  });
const choice = (vmid: number, more: { chosen?: true; unknown?: true }) => ({
  guest: guest(vmid),
  chosen: false,
  because: "it is not tagged so",
  ...more,
});
const one = (cluster: string, vmid: number) =>
  [`${cluster}/${vmid}`, { cluster, vmid, name: null, chosenAt: "2026-11-23T11:00:00Z" }] as const;

test("a retry does the guests that were meant and the selector still means; each of the others is told, with why", () => {
  const meant = new Map([
    one("main", 101),
    one("*", 102),
    one("main", 103),
    one("main", 104),
    one("main", 105),
  ]);
  const choices = [
    choice(101, { chosen: true }),
    choice(102, { chosen: true }),
    choice(103, { unknown: true }),
    choice(104, {}),
    choice(106, { chosen: true }),
  ];
  const { choices: again, absent } = chosenAgain(meant, choices, { action: "vm.stop", mute: [] });
  expect(again.map((each) => each.guest.vmid)).toEqual([101, 102, 103]);
  expect(absent.map(({ item }) => [item.vm?.id, item.code])).toEqual([
    ["main/105", "vm.missing"],
    ["main/104", "selector.unfit"],
  ]);
});

test("a VMID that belongs to another guest now is left alone; what is left out anyway keeps its own reason", () => {
  const meant = new Map([
    ["main/101", { cluster: "main", vmid: 101, name: "db", chosenAt: "2026-11-23T11:00:00Z" }],
  ]);
  const vm = { id: "main/101", name: "web", node: "pve1" };
  const item = { vm, action: "vm.stop", willRun: true, because: "it runs", code: null, detail: {} };
  expect(sameOnly(meant, item)).toMatchObject({ willRun: false, code: "vm.changed" });
  const left = { ...item, willRun: false, because: "it is off", code: "vm.stopped" };
  expect(sameOnly(meant, left)).toEqual(left);
});
