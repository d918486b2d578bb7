import * as z from "zod";
import { PageInput } from "../../core/lib/page.ts";
import { Operation, RateControl } from "../../core/operation/index.ts";
import { PlanPage } from "../../core/plan.ts";
import { Selection } from "../../core/selector/index.ts";
import { problems } from "./document-responses.ts";
import { operationOf, type Filed } from "./document-operation.ts";
import { PlanPageInput } from "./plan-page.ts";
import { toSchema } from "./schema.ts";

const DESCRIPTION =
  "A control plane for fleets of Proxmox VE guests. Every write answers with its plan when dryRun=true.";

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  requestId: z.string(),
  retryable: z.boolean(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  proxmox: z.record(z.string(), z.unknown()).optional(),
});

/** Shapes that many routes share; wherever one stands in the document, its name stands for it. */
const NAMED = {
  Problem: toSchema(Problem, "output"),
  Plan: toSchema(PlanPage, "output"),
  Operation: toSchema(Operation, "output"),
  Selection: toSchema(Selection, "input"),
  Cursor: toSchema(PageInput.cursor, "input"),
  Limit: toSchema(PlanPageInput.shape.limit, "input"),
  LockWait: toSchema(RateControl.lockWait, "input"),
  Deadline: toSchema(RateControl.deadline, "input"),
  MaxConcurrency: toSchema(RateControl.maxConcurrency, "input"),
  MaxErrors: toSchema(RateControl.maxErrors, "input"),
};
const TEXTS = new Map(Object.entries(NAMED).map(([name, schema]) => [JSON.stringify(schema), name]));

/** The same with names in place of what has one. */
function withNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const name = TEXTS.get(JSON.stringify(value));
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  if (Array.isArray(value)) return value.map(withNames);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withNames(entry)]));
}

const components = {
  securitySchemes: {
    bearer: { type: "http", scheme: "bearer", description: "An API key: mox_…" },
    apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
  },
  schemas: NAMED,
  responses: problems,
};

/** The OpenAPI document of these routes, in the order of their paths. */
export function toDocument(routes: readonly Filed[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  const ordered = routes.toSorted((a, b) =>
    a.spec.path < b.spec.path ? -1 : a.spec.path > b.spec.path ? 1 : 0,
  );
  for (const filed of ordered) {
    const { path, method } = filed.spec;
    paths[path] = { ...paths[path], [method.toLowerCase()]: withNames(operationOf(filed)) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Moxxie", version, description: DESCRIPTION },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { apiKey: [] }],
    components,
    paths,
  };
}
