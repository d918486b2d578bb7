import { expect, test } from "vitest";
import * as Bulk from "../../../../functions/api/bulk/snapshots.ts";
import * as Stop from "../../../../functions/api/vms/stop.ts";
import { spec } from "../../../../functions/api/audit/list.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut } from "../../../kit/proof.ts";
import { AuditEntry, List } from "../../../kit/shape.ts";

const route = { spec };

/** Ten snapshots and their acceptance, five refusals among them, then a refused stop a day later. */
async function eventful(): Promise<Lab> {
  const stage = await lab({ mode: "strict" });
  const body = { select: { tags: "env-prod" } };
  await carriedOut(stage, await stage.call(Bulk, { body }));
  await stage.clock.advance(86_400_000);
  await stage.call(Stop, { path: { cluster: "main", vmid: 105 } });
  return stage;
}

async function walk(stage: Lab, query: Record<string, string>) {
  const seen: string[] = [];
  let next: Record<string, string> = query;
  for (let pages = 0; pages < 30; pages++) {
    const list = List(AuditEntry).parse((await stage.call(route, { query: next })).json);
    seen.push(...list.items.map(({ id }) => id));
    if (list.nextCursor === null) return seen;
    next = { ...query, cursor: list.nextCursor };
  }
  throw new Error("the walk does not end");
}

test("200: newest first over days and chains, refusals too, with actor, key, source and request", async () => {
  const stage = await eventful();
  const rows = await auditOf(stage);
  expect(rows.length).toBe(11);
  expect(rows.map(({ at }) => at)).toEqual(
    rows
      .map(({ at }) => at)
      .toSorted()
      .toReversed(),
  );
  expect(rows[0]).toMatchObject({ action: "vm.stop", target: "main/105", decision: "refused" });
  for (const row of rows) {
    expect(row.actor).toBe(`key/${row.keyId}`);
    expect(row).toMatchObject({ source: "192.0.2.7", requestId: expect.stringMatching(/^req_/) });
  }
});

test.for(["1", "2", "3", "5", "11"])("200: pages of %s cover every entry exactly once", async (limit) => {
  const stage = await eventful();
  const all = (await auditOf(stage)).map(({ id }) => id);
  const seen = await walk(stage, { limit });
  expect(seen.toSorted()).toEqual(all.toSorted());
});

test.for([
  [{ outcome: "succeeded" }, 4],
  [{ decision: "refused" }, 6],
  [{ decision: "refused", action: "snapshot.create" }, 5],
  [{ target: "main/105" }, 2],
  [{ target: "main/105", outcome: "refused" }, 1],
  [{ actor: "key/nobody" }, 0],
] as const)("200: filters narrow each other, also over pages: %j", async ([filter, count]) => {
  const stage = await eventful();
  expect((await auditOf(stage, filter)).length).toBe(count);
  expect((await walk(stage, { ...filter, limit: "2" })).length).toBe(count);
});

test("200: what happens between two pages makes no entry come twice or get lost", async () => {
  const stage = await eventful();
  const before = (await auditOf(stage)).map(({ id }) => id);
  const first = List(AuditEntry).parse((await stage.call(route, { query: { limit: "4" } })).json);
  await stage.call(Stop, { path: { cluster: "main", vmid: 105 } });
  const query = { limit: "200", cursor: first.nextCursor ?? "" };
  const rest = List(AuditEntry).parse((await stage.call(route, { query })).json);
  const seen = [...first.items, ...rest.items].map(({ id }) => id);
  expect(seen.toSorted()).toEqual(before.toSorted());
});

test.for<[string, string]>([
  ["outcome", "perhaps"],
  ["decision", "maybe"],
  ["cursor", "x"],
  ["cursor", Buffer.from('{"day":"yesterday","before":{}}').toString("base64url")],
  ["limit", "0"],
  ["from", "2026-01-01"],
])("400: %s=%s names the parameter", async ([name, value]) => {
  const stage = await lab();
  const answer = await stage.call(route, { query: { [name]: value } });
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: `/${name}` }] } });
});

test("403: a viewer does not read the audit log, which tells of the attempt", async () => {
  const stage = await lab();
  const key = await stage.addKey("viewer");
  expect(await stage.call(route, { key })).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(await auditOf(stage)).toMatchObject([{ action: "audit.read", decision: "refused" }]);
});
