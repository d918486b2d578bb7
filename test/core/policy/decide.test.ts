import { expect, test } from "vitest";
import { ROLES } from "../../../core/auth/role.ts";
import { action, covers, decide, MODES } from "../../../core/policy/index.ts";
import { actions } from "../../../core/work/index.ts";

type Role = keyof typeof ROLES | "system" | "breaker";
const may = (role: Role): readonly string[] =>
  role === "system" ? ["*"] : role === "breaker" ? ["vm.*", "snapshot.*", "safe-mode.manage"] : ROLES[role];

const HARMLESS = ["vm.start", "vm.resume", "snapshot.create", "backup.create", "vm.console"];
const INTERRUPTING = [
  "vm.stop",
  "vm.shutdown",
  "vm.reboot",
  "vm.reset",
  "vm.suspend",
  "vm.delete",
  "snapshot.rollback",
];
const OTHER = ["snapshot.delete", "vm.config", "vm.migrate", "backup.delete", "vm.clone"];
const ACTIONS = [...HARMLESS, ...INTERRUPTING, ...OTHER];

/** The action of this name, as its domain describes it. */
function the(name: string) {
  const found = actions[name];
  if (!found) throw new Error(`there is no action ${name}`);
  return found;
}

interface Case {
  readonly role?: Role;
  readonly mode?: (typeof MODES)[number];
  readonly tags?: string;
  readonly bulk?: boolean;
  readonly override?: boolean;
  readonly own?: boolean;
}

function ask(
  action: string,
  { role = "admin", mode = "strict", tags = "moxxie", bulk = false, override = false, own = false }: Case,
) {
  return decide({
    action: the(action),
    actor: { id: `key/${role}`, name: role, role, may: may(role) },
    safeMode: { mode, ownerTag: "moxxie" },
    guest: { id: "main/101", tags: tags.split(" ").filter(Boolean) },
    bulk,
    override,
    own,
  });
}

/** One letter for a verdict: allowed, would refuse, override, x refused by safe mode, ! by always-on, f by role. */
function letter(action: string, asked: Case): string {
  const { decision, code, wouldRefuse } = ask(action, asked);
  if (decision === "override") return "o";
  if (decision === "allowed") return wouldRefuse ? "w" : "a";
  return { "safe-mode.refused": "x", "policy.always-on": "!", "auth.forbidden": "f" }[code] ?? "?";
}

//                                        off      audit    permissive strict   (single, bulk, single+override, bulk+override)
const TABLE = `
harmless     | moxxie           | admin    | aaaa     aaaa     aaaa     aaaa
harmless     |                  | admin    | aaaa     wwww     aaaa     xxoo
harmless     | always-on        | admin    | aaaa     wwww     aaaa     xxoo
harmless     | moxxie always-on | admin    | aaaa     aaaa     aaaa     aaaa
interrupting | moxxie           | admin    | aaaa     aaaa     aaaa     aaaa
interrupting |                  | admin    | aaaa     wwww     xxoo     xxoo
interrupting | always-on        | admin    | !!o!     !!o!     !!o!     !!o!
interrupting | moxxie always-on | admin    | !!o!     !!o!     !!o!     !!o!
other        | moxxie           | admin    | aaaa     aaaa     aaaa     aaaa
other        |                  | admin    | aaaa     wwww     xxoo     xxoo
other        | always-on        | admin    | aaaa     wwww     xxoo     xxoo
interrupting | moxxie           | viewer   | ffff     ffff     ffff     ffff
interrupting | moxxie always-on | viewer   | ffff     ffff     ffff     ffff
harmless     |                  | viewer   | ffff     ffff     ffff     ffff
stop         |                  | operator | aaaa     wwww     xxxx     xxxx
stop         | always-on        | operator | !!o!     !!o!     !!x!     !!x!
start        |                  | operator | aaaa     wwww     aaaa     xxxx
delete       | moxxie           | operator | ffff     ffff     ffff     ffff
reboot       | moxxie           | operator | aaaa     aaaa     aaaa     aaaa
stop         |                  | breaker  | aaaa     wwww     xxoo     xxoo
stop         | moxxie always-on | system   | !!o!     !!o!     !!o!     !!o!
`;

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  harmless: HARMLESS,
  interrupting: INTERRUPTING,
  other: OTHER,
  stop: ["vm.stop"],
  start: ["vm.start"],
  reboot: ["vm.reboot"],
  delete: ["vm.delete"],
};

const isRole = (text: string): text is Role => text in ROLES || text === "system" || text === "breaker";

const rows = TABLE.trim()
  .split("\n")
  .map((line) => {
    const [group = "", tags = "", role = "", verdicts = ""] = line.split("|").map((cell) => cell.trim());
    if (!isRole(role)) throw new Error(`the table has the unknown role ${role}`);
    return { group, tags, role, verdicts: verdicts.split(/\s+/) };
  });

test.each(rows)("$group on a guest tagged [$tags] by $role: $verdicts", ({ group, tags, role, verdicts }) => {
  for (const action of GROUPS[group] ?? []) {
    const found = MODES.map((mode) =>
      [false, true]
        .flatMap((override) =>
          [false, true].map((bulk) => letter(action, { role, mode, tags, bulk, override })),
        )
        .join(""),
    );
    expect([action, ...found]).toEqual([action, ...verdicts]);
  }
});

test("every verdict says why, and an audit row never says that something allowed was an override", () => {
  for (const action of ACTIONS)
    for (const mode of MODES)
      for (const tags of ["", "moxxie", "always-on", "maint-ok"])
        for (const override of [true, false]) {
          const verdict = ask(action, { mode, tags, override });
          expect(verdict.reason.length).toBeGreaterThan(5);
          const { decision, wouldRefuse = false } = verdict;
          expect(!wouldRefuse || (mode === "audit" && decision !== "refused")).toBe(true);
          expect(decision !== "override" || override).toBe(true);
        }
});

test("maintenance touches only what is tagged for it, whatever it does, and no override helps", () => {
  const verdict = (tags: string, action: string, override: boolean) =>
    decide({
      action: the(action),
      actor: { id: "job/1", name: "job", role: "admin", may: ["*"] },
      safeMode: { mode: "off", ownerTag: "moxxie" },
      guest: { id: "main/101", tags: tags.split(" ") },
      bulk: true,
      override,
      maintenance: true,
    }).code;
  for (const action of ["vm.start", "vm.stop", "vm.migrate"])
    for (const override of [true, false]) {
      expect(verdict("moxxie", action, override)).toBe("policy.maintenance");
      expect(verdict("moxxie maint-ok", action, override)).toBe("policy.allowed");
    }
  expect(verdict("maint-ok always-on", "vm.stop", true)).toBe("policy.always-on");
});

test("what Moxxie made itself it may take back without the owner tag, but always-on still holds", () => {
  expect(ask("snapshot.delete", { tags: "", own: true }).decision).toBe("allowed");
  expect(ask("snapshot.rollback", { tags: "always-on", own: true, bulk: true }).code).toBe(
    "policy.always-on",
  );
});

test("a foreign template may be copied in every mode, for that only reads it; no other change, and no other guest", () => {
  const verdict = (action: string, template: boolean, mode: (typeof MODES)[number]) =>
    decide({
      action: the(action),
      actor: { id: "key/admin", name: "admin", role: "admin", may: ["*"] },
      safeMode: { mode, ownerTag: "moxxie" },
      guest: { id: "main/9000", tags: [], template },
      bulk: false,
      override: false,
    });
  for (const mode of MODES)
    expect(verdict("vm.clone", true, mode)).toMatchObject({ decision: "allowed", code: "policy.allowed" });
  for (const mode of MODES) expect(verdict("vm.clone", true, mode).wouldRefuse).toBeUndefined();
  for (const [action, template] of [
    ["vm.clone", false],
    ["vm.delete", true],
    ["vm.config", true],
  ] as const)
    for (const mode of ["permissive", "strict"] as const)
      expect(verdict(action, template, mode).code).toBe("safe-mode.refused");
});

test("the owner tag is the one that is set, and no other tag that looks like it", () => {
  for (const tags of ["moxxie-2", "xmoxxie", "MOXXIE", "owner"])
    expect(ask("vm.stop", { tags }).code).toBe("safe-mode.refused");
});

test("without a guest only the role is asked", () => {
  const actor = (role: Role) => ({ id: role, name: role, role, may: may(role) });
  const safeMode = { mode: "strict" as const, ownerTag: "moxxie" };
  const decision = (role: Role) =>
    decide({ action: action("job.create"), actor: actor(role), safeMode, bulk: true, override: false }).code;
  expect([decision("admin"), decision("operator"), decision("viewer")]).toEqual([
    "policy.allowed",
    "policy.allowed",
    "auth.forbidden",
  ]);
});

test("a pattern covers its own action or its own domain, never a name that merely begins like it", () => {
  expect(covers(["vm.start"], "vm.start")).toBe(true);
  expect(covers(["vm.*"], "vm.start")).toBe(true);
  expect(covers(["*"], "anything.at-all")).toBe(true);
  for (const [pattern, action] of [
    ["vm.*", "vms.start"],
    ["vm.*", "vm"],
    ["vm.start", "vm.start-all"],
    ["vm", "vm.start"],
    ["v*", "vm.start"],
    ["", "vm.start"],
    ["VM.*", "vm.start"],
  ] as const)
    expect([pattern, action, covers([pattern], action)]).toEqual([pattern, action, false]);
  expect(covers([], "vm.start")).toBe(false);
});

test("always-on protects in whatever case it is written; the tags that allow something are taken as they are", () => {
  expect(letter("vm.stop", { tags: "moxxie Always-On" })).toBe("!");
  expect(letter("vm.stop", { tags: "Moxxie" })).toBe("x");
  const guest = { id: "main/101", tags: ["moxxie", "Maint-OK"] };
  const actor = { id: "key/admin", name: "admin", role: "admin", may: ["*"] };
  const safeMode = { mode: "strict" as const, ownerTag: "moxxie" };
  const job = {
    action: the("vm.stop"),
    actor,
    safeMode,
    guest,
    bulk: true,
    override: false,
    maintenance: true,
  };
  expect(decide(job).code).toBe("policy.maintenance");
});
