import { expect, test } from "vitest";
import { action, decide, type Action } from "../../../core/policy/index.ts";
import { actions, effects } from "../../../core/work/index.ts";
import { ROUTES } from "../../kit/routes.ts";

/** What a description says in one word each: it interrupts (! always, ? by manner), is harmless, what becomes of its guest, is listed. */
const told = ({ interrupts, harmless, subject, listed }: Action) =>
  [
    interrupts === true ? "!" : interrupts === false ? "-" : "?",
    harmless ? "harmless" : "-",
    subject,
    listed ? "listed" : "-",
  ].join(" ");

test("B3, A2: each action says whether it interrupts, is harmless, and changes what is listed", () => {
  expect(Object.fromEntries(Object.entries(actions).map(([name, one]) => [name, told(one)]))).toEqual({
    "backup.create": "? harmless changed -",
    "backup.delete": "- - changed -",
    "backup.restore": "? - changed listed",
    "backup.update": "- - changed -",
    "snapshot.create": "- harmless changed -",
    "snapshot.delete": "- - changed -",
    "snapshot.rollback": "? - changed listed",
    "snapshot.update": "- - changed -",
    "vm.clone": "- - copied listed",
    "vm.cloud-init": "- - changed -",
    "vm.config": "- - changed listed",
    "vm.console": "- harmless changed -",
    "vm.create": "- - made listed",
    "vm.delete": "! - changed listed",
    "vm.from-template": "- - copied listed",
    "vm.migrate": "? - changed listed",
    "vm.move": "- - changed listed",
    "vm.reboot": "! - changed listed",
    "vm.reset": "! - changed listed",
    "vm.resize": "- - changed listed",
    "vm.resume": "- harmless changed listed",
    "vm.shutdown": "! - changed listed",
    "vm.start": "- harmless changed listed",
    "vm.stop": "! - changed listed",
    "vm.suspend": "! - changed listed",
    "vm.tags": "- - changed listed",
    "vm.template": "! - changed listed",
  });
});

test("every effect carries the description of its own action, and every route that changes a guest has one", () => {
  for (const [name, effect] of Object.entries(effects))
    expect([name, effect.action]).toEqual([name, actions[name]]);
  const ofGuests = Object.values(ROUTES).filter(
    ({ spec: { verb, path } }) => verb.effect === "write" && path.includes("{vmid}"),
  );
  expect(ofGuests.length).toBeGreaterThan(15);
  for (const { spec } of ofGuests)
    expect([spec.path, Object.keys(actions)]).toEqual([
      spec.path,
      expect.arrayContaining([spec.verb.action]),
    ]);
});

const admin = { id: "key/admin", name: "admin", role: "admin", may: ["*"] };
const question = { actor: admin, safeMode: { mode: "off" as const, ownerTag: "moxxie" }, override: false };

test.for([
  ["backup.create", { mode: "stop" }, "running", "policy.always-on"],
  ["backup.create", { mode: "suspend" }, "paused", "policy.always-on"],
  ["backup.create", { mode: "stop" }, "unknown", "policy.always-on"],
  ["backup.create", { mode: "stop" }, "stopped", "policy.allowed"],
  ["backup.create", { mode: "snapshot" }, "running", "policy.allowed"],
  ["backup.restore", { replaces: true }, "stopped", "policy.always-on"],
  ["backup.restore", { replaces: true, step: "tag" }, "stopped", "policy.allowed"],
  ["backup.restore", { replaces: false }, "stopped", "policy.allowed"],
  ["vm.migrate", { restart: true }, "running", "policy.always-on"],
  ["vm.migrate", { restart: true, step: "follow" }, "running", "policy.allowed"],
  ["vm.migrate", { restart: false }, "running", "policy.allowed"],
] as const)("A2: %s as %j of a guest that is %s: %s", ([name, detail, status, code]) => {
  const guest = { id: "main/101", tags: ["ALWAYS-ON"], status };
  const { [name]: described = action(name) } = actions;
  for (const bulk of [true, false])
    expect(decide({ ...question, action: described, detail, guest, bulk }).code).toBe(code);
});

test("A2: what permissive allows on foreign guests it does not allow in a manner that interrupts them", () => {
  const guest = { id: "main/105", tags: [], status: "running" };
  const safeMode = { mode: "permissive" as const, ownerTag: "moxxie" };
  const interrupting = { ...action("vm.start"), harmless: true, interrupts: true };
  const asked = { ...question, safeMode, guest, bulk: false };
  expect(decide({ ...asked, action: interrupting }).code).toBe("safe-mode.refused");
  expect(decide({ ...asked, action: { ...interrupting, interrupts: false } }).code).toBe("policy.allowed");
});

test("A3: an override of always-on needs no right, one of safe mode does, and both are told together", () => {
  const stop = { ...action("vm.stop"), interrupts: true };
  const safeMode = { mode: "strict" as const, ownerTag: "moxxie" };
  const guest = { id: "main/108", tags: ["always-on"], status: "running" };
  const asked = { ...question, action: stop, safeMode, guest, bulk: false, override: true };
  const operator = { ...admin, role: "operator", may: ["vm.stop"] };
  expect(decide({ ...asked, actor: operator }).code).toBe("safe-mode.refused");
  const mine = { ...guest, tags: ["always-on", "moxxie"] };
  expect(decide({ ...asked, actor: operator, guest: mine })).toMatchObject({ decision: "override" });
  const both = decide(asked);
  expect(both).toMatchObject({ decision: "override", code: "policy.override" });
  expect(both.reason).toMatch(
    /always-on; overridden; .* owner tag moxxie, and safe mode is strict; overridden$/,
  );
  expect(decide({ ...asked, bulk: true }).code).toBe("policy.always-on");
});
