import { expect, test } from "vitest";
import * as BulkRoute from "../../../functions/api/bulk/tags.ts";
import { bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";
import {
  asked,
  askedToRemove,
  configure,
  edit,
  isConfig,
  meanwhile,
  restrictToken,
  tagsIn,
} from "./stage.ts";

const BEFORE = "client-acme;env-prod;moxxie;role-web";

test.each([102, 201])(
  "F55: an administrator edits the tags of %i between read and write: the digest tells, both changes are kept",
  async (vmid) => {
    const b = await bench({ mode: "off" });
    edit(b, vmid, BEFORE);
    meanwhile(
      b,
      (deed) => isConfig(deed, "GET", vmid),
      () => edit(b, vmid, "client-acme;env-prod;moxxie;their-own"),
    );
    const id = await asked(b, "add", vmid, ["our-own"]);
    await b.live(id);
    expect(tagsIn(b, vmid)).toBe("client-acme;env-prod;moxxie;our-own;their-own");
    const [item] = await b.items(id);
    expect(item).toMatchObject({ state: "succeeded", attempts: 2 });
    expect(Date.parse(item?.finishedAt ?? "") - Date.parse(item?.startedAt ?? "")).toBeLessThan(5000);
    expect(b.requests("PUT", "/config")).toBe(2);
  },
);

test("a replacement replaces what was there when it looked, and keeps what came after", async () => {
  const b = await bench({ mode: "off" });
  meanwhile(
    b,
    (deed) => isConfig(deed, "GET", 102),
    () => edit(b, 102, `${BEFORE};their-own`),
  );
  const id = await asked(b, "replace", 102, ["moxxie", "env-dev"]);
  await b.live(id);
  expect(tagsIn(b, 102)).toBe("env-dev;moxxie;their-own");
});

test("an administrator who edits without end is not overwritten: the item gives up", async () => {
  const b = await bench({ mode: "off" });
  let edits = 0;
  meanwhile(
    b,
    (deed) => isConfig(deed, "GET", 102),
    () => edit(b, 102, `${BEFORE};edit-${(edits += 1)}`),
    Infinity,
  );
  const id = await asked(b, "add", 102, ["our-own"]);
  await b.live(id, 120);
  expect(await b.items(id)).toMatchObject([{ state: "failed", error: { code: "vm.locked" } }]);
  expect(tagsIn(b, 102)).toBe(`${BEFORE};edit-${edits}`);
});

test("an answer that is lost after the write is not written again", async () => {
  const b = await bench({ mode: "off" });
  b.simulator.faults.add({ match: { method: "PUT", path: "/nodes/*/config", times: 1 }, do: "cut-after" });
  const id = await asked(b, "replace", 102, ["moxxie", "env-dev"]);
  await b.run(500);
  // What somebody adds meanwhile is no sign that the replacement failed.
  edit(b, 102, "env-dev;moxxie;their-own");
  await b.live(id);
  expect(await b.items(id)).toMatchObject([{ state: "succeeded", attempts: 1 }]);
  expect(b.requests("PUT", "/config")).toBe(1);
  expect(tagsIn(b, 102)).toBe("env-dev;moxxie;their-own");
});

test("a request that never arrived is sent again with what is there then", async () => {
  const b = await bench({ mode: "off" });
  b.simulator.faults.add({ match: { method: "PUT", path: "/nodes/*/config", times: 1 }, do: "cut-before" });
  const id = await asked(b, "add", 102, ["our-own"]);
  await b.run(500);
  edit(b, 102, "client-acme;moxxie");
  await b.live(id);
  expect(await invariants(b, id)).toMatchObject([{ state: "succeeded", attempts: 2 }]);
  expect(tagsIn(b, 102)).toBe("client-acme;moxxie;our-own");
});

test("a guest that is locked is waited for", async () => {
  const b = await bench({ mode: "off" });
  Object.assign(b.simulator.state.guests[102] ?? {}, { lock: "backup" });
  const id = await asked(b, "add", 102, ["our-own"]);
  await b.run(60_000);
  expect(await b.item(id)).toMatchObject({ state: "queued", reason: "VM is locked (backup)" });
  Object.assign(b.simulator.state.guests[102] ?? {}, { lock: undefined });
  await b.live(id);
  expect(tagsIn(b, 102)).toBe("client-acme;env-prod;moxxie;our-own;role-web");
});

test("F56: a registered tag and a token without Sys.Modify: each guest says so, and the rest is done", async () => {
  const b = await bench({ mode: "off" });
  restrictToken(b);
  configure(b, { "registered-tags": "gold" });
  for (const vmid of [101, 102]) edit(b, vmid, "env-prod;gold");
  const body = { select: { vmids: [101, 102, 104, 105, 201] }, replace: ["env-prod", "silver"] };
  const { id } = Operation.parse((await b.call(BulkRoute, { body })).json);
  await b.live(id);
  const items = await b.items(id);
  const refused = items.filter((item) => item.state === "failed");
  expect(refused.map((item) => item.vm.vmid)).toEqual([101, 102]);
  for (const item of refused)
    expect(item.error).toMatchObject({
      code: "proxmox.privilege",
      detail: expect.stringContaining("Sys.Modify for modifying tag 'gold'"),
    });
  expect(items.filter((item) => item.state === "succeeded").length).toBe(3);
  expect([101, 105, 201].map((vmid) => tagsIn(b, vmid))).toEqual([
    "env-prod;gold",
    "env-prod;silver",
    "env-prod;silver",
  ]);
});

test("a registered tag that stays is not touched, however it is spelled, so nobody needs the right to", async () => {
  const b = await bench({ mode: "off" });
  restrictToken(b);
  configure(b, { "registered-tags": "Gold" });
  edit(b, 102, "Gold;web");
  const id = await asked(b, "add", 102, ["silver"]);
  await b.live(id);
  expect(await b.items(id)).toMatchObject([
    { state: "succeeded", result: { tags: ["gold", "silver", "web"] } },
  ]);
});

test("a cluster that ignores case takes a tag in capitals for the same, and one that does not for another", async () => {
  const ignoring = await bench({ mode: "off" });
  const first = await asked(ignoring, "add", 102, ["Env-Prod"]);
  await ignoring.live(first);
  expect(await ignoring.items(first)).toMatchObject([{ state: "skipped", error: { code: "tag.unchanged" } }]);
  expect(ignoring.requests("PUT", "/config")).toBe(0);

  const telling = await bench({ mode: "off" });
  configure(telling, { "tag-style": "case-sensitive=1" });
  const second = await asked(telling, "add", 102, ["Env-Prod"]);
  await telling.live(second);
  expect(tagsIn(telling, 102).split(";")).toEqual(expect.arrayContaining(["Env-Prod", "env-prod"]));
});

test("the cluster is asked how it compares tags only where capitals are about", async () => {
  const b = await bench({ mode: "off" });
  const id = await asked(b, "add", 102, ["our-own"]);
  await b.live(id);
  expect(b.requests("GET", "/cluster/options")).toBe(0);
  expect([b.requests("GET", "/config"), b.requests("PUT", "/config")]).toEqual([1, 1]);
});

test("the last tag goes, and nothing is left behind", async () => {
  const b = await bench({ mode: "off" });
  edit(b, 102, "web");
  const id = await askedToRemove(b, 102, "web");
  await b.live(id);
  expect(b.simulator.state.guests[102]?.config).not.toHaveProperty("tags");
});
