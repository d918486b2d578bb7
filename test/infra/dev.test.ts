import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { inputsOf, ofType } from "./stack.ts";
import { type Stack, synth } from "./synth.ts";

const document = path.join(import.meta.dirname, "openapi.json");

let stack: Stack;

beforeAll(async () => {
  stack = await synth({ stage: "alice", dev: true, document });
});

test("sst dev starts the Proxmox simulator beside the live functions", () => {
  expect(stack.commands).toMatchObject([
    { name: "Proxmox", dev: { command: "node local/proxmox/main.ts --port 8006", autostart: true } },
  ]);
});

test("under sst dev functions are bridges to this machine: nothing is bundled", () => {
  expect(stack.built).toEqual([]);
  expect(ofType(stack, "aws:lambda/function:Function")).toHaveLength(19);
});

test("a personal stage can be removed with its tables", () => {
  expect(inputsOf(stack, "aws:dynamodb/table:Table", "StateTableTable")["deletionProtectionEnabled"]).toBe(
    false,
  );
  expect(stack.app).toMatchObject({ removal: "remove", protect: false });
});
