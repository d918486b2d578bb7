import * as z from "zod";
import { Plan } from "../../core/plan.ts";
import { operationOf, type Filed } from "./document-operation.ts";
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

const components = {
  securitySchemes: {
    bearer: { type: "http", scheme: "bearer", description: "An API key: mox_…" },
    apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
  },
  schemas: { Problem: toSchema(Problem, "output"), Plan: toSchema(Plan, "output") },
};

/** The OpenAPI document of these routes, in the order of their paths. */
export function toDocument(routes: readonly Filed[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  const ordered = routes.toSorted((a, b) =>
    a.spec.path < b.spec.path ? -1 : a.spec.path > b.spec.path ? 1 : 0,
  );
  for (const filed of ordered) {
    const { path, method } = filed.spec;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(filed) };
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
