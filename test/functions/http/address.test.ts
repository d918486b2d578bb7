import { expect, test } from "vitest";
import { newKey } from "../../../core/auth/index.ts";
import * as Bulk from "../../../functions/api/bulk/snapshots.ts";
import * as Me from "../../../functions/api/me.ts";
import * as Snapshot from "../../../functions/api/vms/snapshots/get.ts";
import * as Vms from "../../../functions/api/vms/list.ts";
import { instanceOf } from "../../../functions/http/instance.ts";
import { changingNothing } from "../../kit/proof.ts";
import { lab } from "../../kit/lab.ts";

test("F8: a name that stands twice in a body is a 400 that says which, and changes nothing", async () => {
  const stage = await lab();
  const body = '{"select":{"vmids":[102],"vmids":[103]},"name":"x"}';
  const answer = await changingNothing(stage, () => stage.call(Bulk, { body }));
  expect(answer).toMatchObject({
    status: 400,
    json: { code: "request.invalid", errors: [{ pointer: "/select/vmids", detail: "is given twice" }] },
  });
});

test("F9: a key in the query is refused, and repeated neither in the answer nor in the log nor in the audit", async () => {
  const stage = await lab();
  const key = newKey();
  const secret = key.slice(17);
  const escaped = `%6Dox_${key.slice(4)}`;
  const queries = [
    `apiKey=${key}`,
    `x-api-key=${key}`,
    `token=${secret}`,
    `${key}=1`,
    `tags=${key}&tags=1`,
    `key=${escaped}`,
  ];
  for (const rawQuery of queries) {
    const answer = await stage.call(Vms, { rawQuery });
    expect([rawQuery, answer.status]).toEqual([rawQuery, 400]);
    expect(answer.body).not.toContain(secret);
  }
  expect((await stage.call(Vms, { rawQuery: `apiKey=${key}`, key: null })).body).not.toContain(secret);
  expect(stage.lines.join("\n")).not.toContain(secret);
  expect(JSON.stringify(stage.store.dump())).not.toContain(secret);
});

test("F9: an address without a credential is told as it came", () => {
  for (const url of ["/v1/vms?tags=a%20AND%20b&limit=1", "/v1/vms/main%2F1", "/v1/x?wait=5s", "/v1/%E0"])
    expect(instanceOf(url)).toBe(url);
  for (const url of ["//", "//moxxie.test/v1", "*"]) expect(instanceOf(url)).toBe(url);
  expect(instanceOf("/v1/mox_abcdefghijkl/x")).toBe("/v1/%5Bredacted%5D/x");
});

test("D12: a question mark, a hash or a percent sign in a path stays in the path", async () => {
  const stage = await lab();
  for (const name of ["a?wait=5s", "a#b", "a%3Fb", "%"]) {
    const answer = await stage.call(Snapshot, { path: { cluster: "main", vmid: 102, name } });
    expect([name, answer.status]).toEqual([name, 400]);
    expect(answer.json).toMatchObject({ instance: expect.stringMatching(encodeURIComponent(name)) });
  }
});

test("D12: a parameter that is empty or made of dots is a problem too", async () => {
  const stage = await lab();
  for (const name of ["", ".", ".."]) {
    const answer = await stage.call(Snapshot, { path: { cluster: "main", vmid: 102, name } });
    expect([name, answer.status]).toEqual([name, 404]);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json).toMatchObject({
      code: "route.missing",
      requestId: answer.headers["x-request-id"],
    });
  }
});

test("I6: what is no action is a 400, whoever asks", async () => {
  const stage = await lab();
  for (const can of ["vm.explode", "vm.*", "*", ""]) {
    const answer = await stage.call(Me, { query: { can } });
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/can" }] } });
  }
});
