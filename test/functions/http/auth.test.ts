import { expect, test } from "vitest";
import { keep, newKey } from "../../../core/auth/index.ts";
import * as Me from "../../../functions/api/me.ts";
import { lab } from "../../kit/lab.ts";
import { auditOf, changingNothing } from "../../kit/proof.ts";
import { ROUTES } from "../../kit/routes.ts";
import { samples } from "../../kit/sample.ts";
import { Problem } from "../../kit/shape.ts";

const OPEN = ["GET /docs", "GET /openapi.json", "GET /v1/health"];
const routes = Object.values(ROUTES).map(({ spec }) => [`${spec.method} ${spec.path}`, spec] as const);
const closed = routes.filter(([name]) => !OPEN.includes(name));

test("only three routes are open", () => {
  expect(routes.flatMap(([name, spec]) => (spec.open ? [name] : [])).toSorted()).toEqual(OPEN);
});

const KEYS: readonly [string, (key: string) => string | null][] = [
  ["no key", () => null],
  ["a key that nobody has", () => newKey()],
  ["the right id with another secret", (key) => `${key.slice(0, 17)}${newKey().slice(17)}`],
  ["a text that is no key", () => "letmein"],
  ["a key with something after it", (key) => `${key}x`],
];

test.for(closed)("401: %s, whatever is wrong with the key; Proxmox is not asked", async ([name]) => {
  const stage = await lab();
  const sample = (await samples(stage)).find(({ route: { spec } }) => `${spec.method} ${spec.path}` === name);
  for (const [what, keyOf] of KEYS) {
    const request = { ...sample?.request, key: keyOf(stage.admin) };
    const answer = await changingNothing(stage, () => stage.call(sample?.route ?? Me, request));
    expect([what, answer.status]).toEqual([what, 401]);
    expect(answer.headers).toMatchObject({
      "www-authenticate": "Bearer",
      "content-type": "application/problem+json",
    });
    const { code, title } = Problem.parse(answer.json);
    expect([code, title]).toEqual([request.key === null ? "auth.missing" : "auth.invalid", "Unauthorized"]);
  }
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test("401 comes before anything else is said of a request", async () => {
  const stage = await lab();
  for (const { route, request } of await samples(stage)) {
    if (route.spec.open) continue;
    const bad = { ...request, key: null, body: "{", query: { unknown: "x" } };
    const answer = await stage.call(route, bad);
    expect([route.spec.path, answer.status]).toEqual([route.spec.path, 401]);
  }
});

test("every route answers its sample with the status that it states", async () => {
  const stage = await lab();
  const all = await samples(stage);
  // What takes something away comes last, and what needs it as it was first.
  const order: Readonly<Record<string, number>> = {
    "functions/api/operations/cancel": -1,
    "functions/api/jobs/delete": 1,
  };
  const later = (file: string) => order[file] ?? 0;
  for (const { file, route, request } of all.toSorted((a, b) => later(a.file) - later(b.file))) {
    const answer = await stage.call(route, request);
    expect([file, answer.status, answer.status >= 400 ? answer.body : ""]).toEqual([
      file,
      route.spec.status,
      "",
    ]);
    await stage.run(60_000);
  }
});

test("X-API-Key is as good as a bearer token, and the scheme's case does not matter", async () => {
  const stage = await lab();
  const statusWith = async (headers: Record<string, string>) =>
    (await stage.call(Me, { key: null, headers })).status;
  expect(await statusWith({ "x-api-key": stage.admin })).toBe(200);
  expect(await statusWith({ authorization: `bearer ${stage.admin}` })).toBe(200);
  expect(await statusWith({ authorization: stage.admin })).toBe(401);
  expect(await statusWith({ authorization: `Basic ${stage.admin}` })).toBe(401);
});

test("401: a key made under another pepper", async () => {
  const stage = await lab();
  const key = newKey();
  const other = { ...stage.world, settings: { ...stage.world.settings, pepper: "another" } };
  await keep(other, key, { name: "x", role: "admin" });
  expect((await stage.call(Me, { key })).status).toBe(401);
});

/** What each role may not do; everything else it may. */
const FORBIDDEN: Readonly<Record<"viewer" | "operator", readonly string[]>> = {
  viewer: [
    "DELETE /v1/clusters/{cluster}/backups/{backup}",
    "POST /v1/backups/prune",
    "POST /v1/clusters/{cluster}/restore",
    "POST /v1/clusters/{cluster}/vms",
    "POST /v1/clusters/{cluster}/vms/from-template",
    "PUT /v1/clusters/{cluster}/vms/{vmid}/cloud-init",
    "DELETE /v1/clusters/{cluster}/vms/{vmid}/snapshots",
    "DELETE /v1/clusters/{cluster}/vms/{vmid}/snapshots/{name}",
    "PATCH /v1/clusters/{cluster}/backups/{backup}",
    "PATCH /v1/clusters/{cluster}/vms/{vmid}/snapshots/{name}",
    "POST /v1/bulk/backups",
    "POST /v1/bulk/snapshots/delete",
    "POST /v1/bulk/snapshots/rollback",
    "POST /v1/clusters/{cluster}/vms/{vmid}/backups",
    "POST /v1/clusters/{cluster}/vms/{vmid}/snapshots",
    "POST /v1/clusters/{cluster}/vms/{vmid}/snapshots/{name}/rollback",
    "GET /v1/audit",
    "POST /v1/bulk/snapshots",
    "POST /v1/bulk/tags",
    "POST /v1/clusters/{cluster}/vms/{vmid}/clone",
    "POST /v1/clusters/{cluster}/vms/{vmid}/start",
    "POST /v1/clusters/{cluster}/vms/{vmid}/stop",
    "POST /v1/jobs",
    "DELETE /v1/jobs/{job}",
    "POST /v1/jobs/{job}/run",
    "POST /v1/operations/{operation}/cancel",
    "POST /v1/operations/{operation}/retry",
    "PUT /v1/safe-mode",
    "PUT /v1/tags/categories",
    "PUT /v1/clusters/{cluster}/vms/{vmid}/tags",
    "POST /v1/clusters/{cluster}/vms/{vmid}/tags",
    "DELETE /v1/clusters/{cluster}/vms/{vmid}/tags",
    "POST /v1/bulk/delete",
    "POST /v1/bulk/migrate",
    "POST /v1/bulk/power",
    "PATCH /v1/clusters/{cluster}/vms/{vmid}/config",
    "DELETE /v1/clusters/{cluster}/vms/{vmid}",
    "POST /v1/clusters/{cluster}/vms/{vmid}/migrate",
    "POST /v1/clusters/{cluster}/vms/{vmid}/console",
    "POST /v1/clusters/{cluster}/vms/{vmid}/move-disk",
    "POST /v1/clusters/{cluster}/vms/{vmid}/reboot",
    "POST /v1/clusters/{cluster}/vms/{vmid}/reset",
    "POST /v1/clusters/{cluster}/vms/{vmid}/resize-disk",
    "POST /v1/clusters/{cluster}/vms/{vmid}/resume",
    "POST /v1/clusters/{cluster}/vms/{vmid}/shutdown",
    "POST /v1/clusters/{cluster}/vms/{vmid}/suspend",
    "POST /v1/clusters/{cluster}/vms/{vmid}/template",
  ],
  operator: [
    "DELETE /v1/clusters/{cluster}/backups/{backup}",
    "POST /v1/backups/prune",
    "POST /v1/clusters/{cluster}/restore",
    "POST /v1/clusters/{cluster}/vms",
    "POST /v1/clusters/{cluster}/vms/from-template",
    "PUT /v1/clusters/{cluster}/vms/{vmid}/cloud-init",
    "POST /v1/clusters/{cluster}/vms/{vmid}/clone",
    "PUT /v1/safe-mode",
    "PUT /v1/tags/categories",
    "POST /v1/bulk/delete",
    "POST /v1/bulk/migrate",
    "PATCH /v1/clusters/{cluster}/vms/{vmid}/config",
    "DELETE /v1/clusters/{cluster}/vms/{vmid}",
    "POST /v1/clusters/{cluster}/vms/{vmid}/migrate",
    "POST /v1/clusters/{cluster}/vms/{vmid}/console",
    "POST /v1/clusters/{cluster}/vms/{vmid}/move-disk",
    "POST /v1/clusters/{cluster}/vms/{vmid}/resize-disk",
    "POST /v1/clusters/{cluster}/vms/{vmid}/template",
  ],
};

test.for(["viewer", "operator"] as const)(
  "403: what a %s may not do, by the table, each audited",
  async (role) => {
    const stage = await lab();
    const key = await stage.addKey(role);
    const refused: string[] = [];
    for (const { route, request } of await samples(stage)) {
      const { method, path, verb } = route.spec;
      const query = { ...request.query, ...(verb.effect === "write" ? { dryRun: "true" } : {}) };
      const answer = await stage.call(route, { ...request, key, query });
      if (answer.status !== 200)
        refused.push(`${method} ${path} ${answer.status} ${Problem.parse(answer.json).code}`);
    }
    const wanted = FORBIDDEN[role].map((name) => `${name} 403 auth.forbidden`);
    expect(refused.toSorted()).toEqual(wanted.toSorted());
    const rows = await auditOf(stage, { decision: "refused" });
    expect(rows.length).toBe(refused.length);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["refused"]));
  },
);

test("403: a viewer's writes change nothing", async () => {
  const stage = await lab();
  const key = await stage.addKey("viewer");
  for (const { route, request } of await samples(stage)) {
    if (route.spec.verb.effect === "read") continue;
    const answer = await changingNothing(stage, () => stage.call(route, { ...request, key }));
    expect(answer.status).toBe(403);
  }
});
