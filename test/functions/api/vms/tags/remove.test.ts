import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/vms/tags/remove.ts";
import { lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";

const route = { spec };
const path = { cluster: "main", vmid: 102 };
const left = (stage: Awaited<ReturnType<typeof lab>>) => stage.simulator.state.guests[102]?.config["tags"];

test("202: a tag is taken, the others stay", async () => {
  const stage = await lab();
  const { operation } = await carriedOut(
    stage,
    await stage.call(route, { path, query: { tag: "Role-Web" } }),
  );
  expect(operation).toMatchObject({ kind: "vm.tags", state: "succeeded" });
  expect(left(stage)).toBe("client-acme;env-prod;moxxie");
});

test("202: several at once, parted by commas; one that is not there does not matter", async () => {
  const stage = await lab();
  await carriedOut(stage, await stage.call(route, { path, query: { tag: "role-web,env-prod,none" } }));
  expect(left(stage)).toBe("client-acme;moxxie");
});

test("202: a tag that the guest has not is a skipped item, and nothing is written", async () => {
  const stage = await lab();
  const { items } = await carriedOut(stage, await stage.call(route, { path, query: { tag: "none" } }));
  expect(items).toMatchObject([{ state: "skipped", error: { code: "tag.unchanged" } }]);
  expect(writesTo(stage)).toEqual({});
});

test("403: nobody takes the owner tag without safe-mode.manage; audit tells", async () => {
  const stage = await lab({ mode: "off" });
  const key = await stage.addKey("operator");
  const request = { path, query: { tag: "moxxie" }, key };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 403, json: { code: "policy.owner-tag" } });
  expect(await auditOf(stage)).toMatchObject([{ action: "vm.tags", decision: "refused" }]);
});

test("202: a look that comes later finds the owner tag gone, and takes nothing that was not asked for", async () => {
  const stage = await lab({ mode: "off" });
  const key = await stage.addKey("operator");
  const answer = await stage.call(route, { path, query: { tag: "role-web" }, key });
  Object.assign(stage.simulator.state.guests[102]?.config ?? {}, { tags: "role-web;x" });
  await carriedOut(stage, answer);
  expect(left(stage)).toBe("x");
});

test.for([[{}], [{ tag: "" }], [{ tag: "a,,b" }], [{ tag: "a b" }], [{ tags: "a" }]])(
  "400: %j; Proxmox is never asked",
  async ([query]) => {
    const stage = await lab();
    const answer = await changingNothing(stage, () => stage.call(route, { path, query: { ...query } }));
    expect(answer.status).toBe(400);
    expect(stage.simulator.counters().total.requests).toBe(0);
  },
);
