import { expect, test } from "vitest";
import { displayOf, hardwareOf, ofContainer, ofVm } from "../../../core/console/fitness.ts";

test.for([
  [undefined, "std"],
  ["qxl", "qxl"],
  ["qxl2,memory=32", "qxl2"],
  ["memory=32", "std"],
  ["memory=32,type=virtio-gl", "virtio-gl"],
  ["type=serial1", "serial1"],
] as const)("the display of vga %s is %s", ([vga, display]) => {
  expect(displayOf({ vga })).toBe(display);
});

test("what counts is what the VM runs with, not what its next start will find", () => {
  const rows = [
    { key: "vga", value: "qxl", pending: "std" },
    { key: "serial0", pending: "socket" },
  ];
  expect(hardwareOf(rows)).toEqual({ vga: "qxl", serial0: undefined });
});

const terminal = { kind: "terminal" } as const;

test.for([
  [{ serial1: "socket" }, terminal, "serial1"],
  [{ serial0: "socket", serial1: "socket" }, terminal, "serial0"],
  [{ serial0: "socket", serial1: "socket", vga: "serial1" }, terminal, "serial1"],
  [{ serial0: "socket", serial1: "socket" }, { ...terminal, serial: "serial1" }, "serial1"],
  [{ serial0: "/dev/ttyS0", serial2: "socket" }, terminal, "serial2"],
] as const)("a VM with %j: for %j the terminal is %s", ([hardware, wish, serial]) => {
  expect(ofVm("main/101", hardware, wish)).toMatchObject({ run: true, detail: { serial } });
});

test.for([
  [{}, terminal, "console.no-serial"],
  [{ serial0: "/dev/ttyS0" }, terminal, "console.no-serial"],
  [{ serial0: "socket" }, { ...terminal, serial: "serial1" }, "console.no-serial"],
  [{}, { kind: "spice" }, "console.no-spice"],
  [{ vga: "cirrus" }, { kind: "spice" }, "console.no-spice"],
] as const)("a VM with %j: %j is refused with %s", ([hardware, wish, code]) => {
  expect(ofVm("main/101", hardware, wish)).toMatchObject({ run: false, code });
});

test.for(["qxl", "qxl4", "virtio", "virtio-gl,memory=64"])("a VM with the display %s speaks SPICE", (vga) => {
  expect(ofVm("main/101", { vga }, { kind: "spice" })).toMatchObject({ run: true });
});

test("VNC of a display that is a serial port is known for what it is", () => {
  expect(ofVm("main/101", { vga: "serial0" }, { kind: "vnc" })).toMatchObject({ detail: { text: true } });
});

test("a container has a terminal, and no serial port", () => {
  expect(ofContainer("main/201", terminal)).toMatchObject({ run: true, detail: { serial: null } });
  const answer = ofContainer("main/201", { ...terminal, serial: "serial0" });
  expect(answer).toMatchObject({ run: false, code: "vm.container" });
});
