import { expect, test } from "vitest";
import { cycle, domainGraph } from "./cycles.ts";
import { importsOf, violations } from "./imports.ts";
import { readText, sourcesIn } from "./sources.ts";

const core = sourcesIn("core");
const rest = sourcesIn("functions", "infra", "cli", "local", "bench", "test");
const config = ["sst.config.ts", "vitest.config.ts"].map((file) => ({ file, text: readText(file) }));

test("every file imports only what the import table allows", () => {
  const all = [...core, ...rest, ...config];
  expect(all.length).toBeGreaterThan(300);
  expect(all.flatMap((source) => violations(source.file, importsOf(source)))).toEqual([]);
});

test("the domains of core form no circle", () => {
  const graph = domainGraph(core);
  expect(graph.get("snapshot")).toContain("operation");
  expect(cycle(graph)).toBeUndefined();
});

const PLANTED = [
  ["lib takes nothing of ours", "core/lib/page.ts", "core/vm/index.ts"],
  ["lib takes no SDK", "core/lib/page.ts", "@aws-sdk/client-sqs"],
  ["the Proxmox client knows no domain", "core/proxmox/guest.ts", "core/vm/index.ts"],
  ["the Proxmox client knows no AWS", "core/proxmox/guest.ts", "core/aws/queue.ts"],
  ["one file of the Proxmox client speaks HTTP", "core/proxmox/guest.ts", "undici"],
  ["no file of the Proxmox client leads to that one", "core/proxmox/index.ts", "core/proxmox/undici.ts"],
  ["the store knows no domain", "core/db/write.ts", "core/job/index.ts"],
  ["the store knows no Proxmox", "core/db/write.ts", "core/proxmox/index.ts"],
  ["AWS's rooms know no Proxmox", "core/aws/queue.ts", "core/proxmox/index.ts"],
  ["AWS's rooms know no domain", "core/aws/queue.ts", "core/operation/index.ts"],
  ["the context takes no code of a port", "core/context.ts", "core/aws/queue.ts"],
  ["the context knows no domain", "core/context.ts", "core/policy/index.ts"],
  ["the door knows two files of domains only", "core/verb.ts", "core/audit/index.ts"],
  ["a plan knows nothing", "core/plan.ts", "core/operation/index.ts"],
  ["a selector knows nothing but lib", "core/selector/match.ts", "core/inventory/index.ts"],
  ["policy knows no other domain", "core/policy/decide.ts", "core/inventory/index.ts"],
  ["audit knows no other domain", "core/audit/list.ts", "core/operation/index.ts"],
  ["auth knows no other domain", "core/auth/key.ts", "core/inventory/index.ts"],
  ["a domain enters another by its index", "core/snapshot/bulk.ts", "core/operation/accept.ts"],
  ["a domain enters the Proxmox client by its index", "core/snapshot/bulk.ts", "core/proxmox/guest.ts"],
  ["a domain opens no connection", "core/snapshot/bulk.ts", "undici"],
  ["a domain calls no SDK", "core/snapshot/bulk.ts", "@aws-sdk/client-dynamodb"],
  ["a domain takes no code of AWS's rooms", "core/snapshot/bulk.ts", "core/aws/queue.ts"],
  ["core knows no function", "core/vm/list.ts", "functions/http/route.ts"],
  ["core knows no infrastructure", "core/vm/list.ts", "infra/api.ts"],
  ["core knows no laptop", "core/vm/list.ts", "local/proxmox/index.ts"],
  ["a route knows no other route", "functions/api/vms/get.ts", "functions/api/vms/list.ts"],
  ["a route opens no connection", "functions/api/vms/get.ts", "undici"],
  ["a route calls no SDK", "functions/api/vms/get.ts", "@aws-sdk/client-sqs"],
  ["a route enters a domain by its index", "functions/api/vms/get.ts", "core/vm/get.ts"],
  ["a route defines no verb", "functions/api/vms/get.ts", "core/verb.ts"],
  ["a route does not go to the store", "functions/api/vms/get.ts", "core/db/index.ts"],
  ["a worker knows no route", "functions/worker/item.ts", "functions/api/vms/get.ts"],
  ["a timer knows no route", "functions/cron/sweep.ts", "functions/api/vms/get.ts"],
  ["a worker calls no SDK", "functions/worker/item.ts", "@aws-sdk/client-sqs"],
  ["the kit of routes gets ports by its needs", "functions/http/live.ts", "core/proxmox/undici.ts"],
  ["a need knows no domain", "functions/http/needs/queue.ts", "core/operation/index.ts"],
  ["infrastructure knows no core", "infra/api.ts", "core/version.ts"],
  ["infrastructure knows no function", "infra/api.ts", "functions/api/vms/list.ts"],
  ["the command line knows no core", "cli/main.ts", "core/version.ts"],
  ["the command line knows no function", "cli/main.ts", "functions/http/route.ts"],
  ["the command line knows no infrastructure", "cli/main.ts", "infra/api.ts"],
  ["nothing takes a test", "functions/http/live.ts", "test/kit/lab.ts"],
  ["nothing takes the laptop", "infra/dev.ts", "local/proxmox/main.ts"],
] as const;

test.for(PLANTED)("%s: %s importing %s is reported", ([, file, to]) => {
  expect(violations(file, [{ to, typeOnly: false }])).toEqual([`${file} may not import ${to}`]);
});

test("a file in a folder without a rule is reported", () => {
  expect(violations("src/utils.ts", [])).toHaveLength(1);
});

test("a type may come from where code may not, and only there", () => {
  const of = (file: string, to: string) => violations(file, [{ to, typeOnly: true }]);
  expect(of("core/context.ts", "core/aws/queue.ts")).toEqual([]);
  expect(of("core/context.ts", "core/vm/index.ts")).toHaveLength(1);
});

test("a circle of domains is found, however long", () => {
  const source = (from: string, to: string) => ({
    file: `core/${from}/index.ts`,
    text: `import { x } from "../${to}/index.ts";`,
  });
  const graph = domainGraph([source("vm", "job"), source("job", "power"), source("power", "vm")]);
  expect(cycle(graph)).toEqual(["vm", "job", "power", "vm"]);
});

test("every form of import is seen, over several lines too", () => {
  const text = [
    `import * as z from "zod";`,
    `import type { A } from "./a.ts";`,
    `import {`,
    `  b,`,
    `} from "../b/index.ts";`,
    `export { c } from "./c.ts";`,
    `import "./side.ts";`,
    `const d = await import("./d.ts");`,
    `import document from "../../openapi.json" with { type: "json" };`,
  ].join("\n");
  const seen = importsOf({ file: "core/vm/x.ts", text });
  expect(seen.map(({ to, typeOnly }) => (typeOnly ? `type ${to}` : to))).toEqual([
    "zod",
    "type core/vm/a.ts",
    "core/b/index.ts",
    "core/vm/c.ts",
    "openapi.json",
    "core/vm/side.ts",
    "core/vm/d.ts",
  ]);
});
