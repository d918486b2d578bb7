import { expect, test } from "vitest";
import { simulation } from "./lab.ts";

const ID = "root@pam!main";

/** A cluster whose token has these roles and no others. */
function limited(options: Record<string, string>, roles: readonly (readonly [string, string])[]) {
  const lab = simulation();
  Object.assign(lab.simulator.state.tokens[ID] ?? {}, { privsep: true });
  for (const [path, roleid] of roles)
    lab.simulator.state.acls.push({ path, roleid, type: "token", ugid: ID, propagate: true });
  Object.assign((lab.simulator.state.sections["options"] ??= {}), { datacenter: options });
  const tags = async (vmid: number, form: Record<string, string>) => {
    const { status, reason } = await lab.put(`${lab.where(vmid)}/config`, form);
    return status === 200 ? (lab.simulator.state.guests[vmid]?.config["tags"] ?? "") : reason;
  };
  return { ...lab, tags };
}

const VMS = [["/vms", "PVEVMAdmin"]] as const;
const refusal = (tag: string) => `Permission check failed (/, Sys.Modify for modifying tag '${tag}')`;

test("a registered tag is given and taken with Sys.Modify on / only; others are free", async () => {
  const lab = limited({ "registered-tags": "gold" }, VMS);
  for (const vmid of [102, 201]) {
    expect(await lab.tags(vmid, { tags: "web;new" })).toBe("new;web");
    expect(await lab.tags(vmid, { tags: "gold;new;web" })).toBe(refusal("gold"));
    Object.assign(lab.simulator.state.guests[vmid]?.config ?? {}, { tags: "gold;web" });
    expect(await lab.tags(vmid, { tags: "web" })).toBe(refusal("gold"));
    expect(await lab.tags(vmid, { delete: "tags" })).toBe(refusal("gold"));
    expect(await lab.tags(vmid, { tags: "Gold;web" })).toBe(refusal("gold"));
    expect(await lab.tags(vmid, { tags: "gold;new" })).toBe("gold;new");
  }
  const root = limited({ "registered-tags": "gold" }, [["/", "Administrator"]]);
  expect(await root.tags(102, { tags: "gold" })).toBe("gold");
});

test("user-tag-access says which tags a user may make up: none, listed ones, those in use, any", async () => {
  const given = async (access: string, tag: string) => {
    const lab = limited({ "user-tag-access": access }, VMS);
    Object.assign(lab.simulator.state.guests[102]?.config ?? {}, { tags: "moxxie" });
    return lab.tags(102, { tags: `${tag};moxxie` });
  };
  expect(await given("user-allow=none", "role-db")).toBe(refusal("role-db"));
  expect(await given("user-allow=list,user-allow-list=a;b", "b")).toBe("b;moxxie");
  expect(await given("user-allow=list,user-allow-list=a;b", "role-db")).toBe(refusal("role-db"));
  expect(await given("user-allow=existing", "role-db")).toBe("moxxie;role-db");
  expect(await given("user-allow=existing", "brand-new")).toBe(refusal("brand-new"));
  expect(await given("user-allow=free", "brand-new")).toBe("brand-new;moxxie");
});

test("a new guest gets no tag that its maker may not give", async () => {
  const lab = limited({ "registered-tags": "gold" }, [...VMS, ["/storage", "PVEDatastoreUser"]]);
  const answer = await lab.post("/nodes/pve1/qemu", { vmid: 700, tags: "gold" });
  expect([answer.status, answer.reason]).toEqual([403, refusal("gold")]);
  expect((await lab.post("/nodes/pve1/qemu", { vmid: 700, tags: "web" })).status).toBe(200);
});

test("without Sys.Audit the options show no more than how tags look and which may be used", async () => {
  const options = { "tag-style": "case-sensitive=1", "registered-tags": "gold", keyboard: "de" };
  const seen = Object((await limited(options, VMS).get("/cluster/options")).json.data);
  expect(Object.keys(seen).toSorted()).toEqual(["allowed-tags", "tag-style"]);
  expect(seen["tag-style"]).toEqual({ "case-sensitive": "1" });
  expect(seen["allowed-tags"]).not.toContain("gold");
  const auditor = Object((await limited(options, [["/", "PVEAuditor"]]).get("/cluster/options")).json.data);
  expect(auditor).toMatchObject({ keyboard: "de", "registered-tags": ["gold"] });
});

test("a stale digest is refused in the words of the guest's kind", async () => {
  const { put, where } = simulation();
  const reasonOf = async (vmid: number) =>
    (await put(`${where(vmid)}/config`, { tags: "x", digest: "0".repeat(40) })).reason;
  expect(await reasonOf(102)).toBe("checksum mismatch (file change by other user?)");
  expect(await reasonOf(201)).toBe(
    "detected modified configuration - file changed by other user? Try again.",
  );
});
