import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { installPlatform } from "../../local/sst.ts";
import { problems } from "./check.ts";
import { type Edit, synth } from "./synth.ts";

const document = path.join(import.meta.dirname, "openapi.json");

beforeAll(() => void installPlatform());

/** The stack is made from our own files with the fault in them, then checked against what the document promises. */
async function faultsWith(...edits: Edit[]) {
  const stack = await synth({ document, edits });
  return problems(stack, JSON.parse(await readFile(document, "utf8")));
}

test.concurrent("a missing grant is found, with the function that lacks it", async () => {
  const missing = {
    file: "infra/functions.ts",
    from: `effect === "write" ? [tableWrites]`,
    to: "false ? [tableWrites]",
  };
  const faults = await faultsWith(missing);
  expect(faults).toContainEqual(
    expect.stringMatching(/^functions\/api\/keys\/create: may not dynamodb:PutItem on .*StateTable/),
  );
  expect(faults.filter((fault) => fault.startsWith("functions/api/health/get"))).toEqual([]);
});

test.concurrent("a grant too many is found: a route that reads and could write", async () => {
  const excess = {
    file: "infra/functions.ts",
    from: `effect === "write" ? [tableWrites]`,
    to: "true ? [tableWrites]",
  };
  expect(await faultsWith(excess)).toContainEqual(
    expect.stringMatching(/^functions\/api\/health\/get: may dynamodb:DeleteItem on .*HistoryTable/),
  );
});

test.concurrent("a plain link, which grants everything on a table, is found", async () => {
  const link = {
    file: "infra/tables.ts",
    from: "actions, resources })",
    to: `actions: ["dynamodb:*"], resources })`,
  };
  const faults = await faultsWith(link);
  expect(faults).toContain("functions/api/health/get: is granted dynamodb:*");
  expect(faults).toContainEqual(
    expect.stringMatching(/^functions\/worker\/item: may dynamodb:DeleteItem on .*AuditTable/),
  );
});

test.concurrent("a missing redrive is found, with its queue", async () => {
  const lost = { file: "infra/queues.ts", from: "dlq: { queue: dead.arn, retry: 5 },", to: "" };
  expect(await faultsWith(lost)).toEqual([
    "ExpandQueueQueue: no redrive to the dead queue",
    "ItemQueueQueue: no redrive to the dead queue",
    "FollowQueueQueue: no redrive to the dead queue",
    "FireQueueQueue: no redrive to the dead queue",
    "InventoryQueueQueue: no redrive to the dead queue",
  ]);
});

test.concurrent("a route without a function is found, with its method and path", async () => {
  const skip = {
    file: "infra/api.ts",
    from: "of routesOf(document))",
    to: `of routesOf(document).filter(({ key }) => key !== "GET /v1/vms"))`,
  };
  expect(await faultsWith(skip)).toEqual([
    "GET /v1/vms: no function answers it",
    "functions/api/vms/list: 0 functions, not one",
  ]);
});

test.concurrent("D12: a gateway that answers in words of its own is found", async () => {
  const skip = { file: "infra/api.ts", from: `"$default"`, to: `"ANY /v1/other"` };
  expect(await faultsWith(skip)).toEqual([
    "$default: no function answers it",
    "ANY /v1/other: not documented",
  ]);
});

test.concurrent("a worker that fails whole batches, and a function outside its VPC, are found", async () => {
  const faults = await faultsWith(
    { file: "infra/workers.ts", from: "partialResponses: true", to: "partialResponses: false" },
    { file: "infra/functions.ts", from: `needs.includes("proxmox") ? { vpc }`, to: "false ? { vpc }" },
  );
  expect(faults).toContain("ItemQueueQueue: one bad message fails its whole batch");
  expect(faults).toContain("functions/api/vms/list: is not in the VPC");
});

test("a fault that no longer fits the source is refused, so that a test of it cannot pass for nothing", async () => {
  const stale = { file: "infra/queues.ts", from: "text that is not there", to: "" };
  await expect(synth({ document, edits: [stale] })).rejects.toThrow(/infra\/queues\.ts no longer holds/);
});
