import * as z from "zod";
import { PlanPageInput } from "./plan-page.ts";
import type { Spec } from "./route.ts";
import { formsOf, toSchema } from "./schema.ts";

/** A route's specification and the file that it stands in, without its ending. */
export interface Filed {
  readonly file: string;
  readonly spec: Spec;
}

const Shape = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
});

type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: unknown;
  description?: string;
};

const KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: { type: "string", maxLength: 255 },
} as const;
const IF_MATCH = { name: "If-Match", in: "header", required: false, schema: { type: "string" } } as const;
const DRY_RUN = {
  name: "dryRun",
  in: "query",
  required: false,
  schema: { type: "boolean", default: false },
} as const;
/** Which page of the plan; a write that is no dry run knows neither. */
const PLAN_PAGE = Object.entries(Shape.parse(toSchema(PlanPageInput, "input")).properties).map(
  ([name, schema]): Parameter => ({
    name,
    in: "query",
    required: false,
    schema,
    description: "Of the plan of a dry run",
  }),
);
const WAIT = { name: "wait", in: "query", required: false, schema: { type: "string" } } as const;

const LAST_EVENT_ID = {
  name: "Last-Event-ID",
  in: "header",
  required: false,
  schema: { type: "string", maxLength: 8000 },
  description: "The id of the last event that was seen; wins over lastEventId.",
} as const;

/** Types of responses that are no JSON. */
const TYPES = { html: "text/html", events: "text/event-stream" } as const;

const content = (spec: Spec, schema: unknown) =>
  spec.as ? { [TYPES[spec.as]]: { schema: { type: "string" } } } : { "application/json": { schema } };

function parametersOf(spec: Spec, shape: z.infer<typeof Shape>, inBody: boolean): Parameter[] {
  const path = spec.parameters.map((name): Parameter => ({
    name,
    in: "path",
    required: true,
    schema: shape.properties[name] ?? {},
  }));
  const rest = Object.entries(shape.properties).filter(
    ([name]) => !spec.parameters.includes(name) && !(spec.ifMatch && name === "etag"),
  );
  const query = inBody
    ? []
    : rest.map(([name, schema]): Parameter => ({
        name,
        in: "query",
        required: shape.required.includes(name),
        schema,
      }));
  const writes = spec.verb.effect === "write";
  return [
    ...path,
    ...query,
    ...(writes ? [DRY_RUN, ...PLAN_PAGE] : []),
    ...(spec.status === 202 ? [WAIT] : []),
    ...(writes && spec.method === "POST" ? [KEY] : []),
    ...(spec.ifMatch ? [IF_MATCH] : []),
    ...(spec.as === "events" ? [LAST_EVENT_ID] : []),
  ];
}

/** The schema without what the path says already. */
function withoutPath(spec: Spec, schema: Record<string, unknown>) {
  const shape = Shape.parse(schema);
  const properties = Object.fromEntries(
    Object.entries(shape.properties).filter(([name]) => !spec.parameters.includes(name)),
  );
  const required = shape.required.filter((name) => !spec.parameters.includes(name));
  return { ...schema, properties, required: required.length > 0 ? required : undefined };
}

function bodyOf(spec: Spec, schema: Record<string, unknown>) {
  const forms = formsOf(schema).map((form) => withoutPath(spec, form));
  const body = forms.length > 1 ? { oneOf: forms } : forms[0];
  const required = forms.every((form) => form.required !== undefined);
  return { required, content: { "application/json": { schema: body } } };
}

function responsesOf(spec: Spec) {
  const problem = {
    description: "A problem (RFC 9457)",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
  const success = { description: spec.summary, content: content(spec, toSchema(spec.verb.output, "output")) };
  const plan = {
    description: "The plan of a dry run",
    content: { "application/json": { schema: { $ref: "#/components/schemas/Plan" } } },
  };
  return {
    [spec.status]: spec.status === 204 ? { description: spec.summary } : success,
    ...(spec.verb.effect === "write" && spec.status !== 200 ? { 200: plan } : {}),
    ...(spec.as === "events" ? { 204: { description: "All was told; do not come again" } } : {}),
    default: problem,
  };
}

/** One operation of the document, with the keys from which the infrastructure is made. */
export function operationOf({ file, spec }: Filed) {
  const schema = toSchema(spec.verb.input, "input");
  // What stands in the path is the same in each form of an input.
  const shape = Shape.parse(formsOf(schema)[0]);
  const inBody = spec.method === "POST" || spec.method === "PUT" || spec.method === "PATCH";
  return {
    operationId: spec.name ?? spec.verb.action,
    summary: spec.summary,
    ...(spec.open ? { security: [] } : {}),
    "x-file": file,
    "x-effect": spec.verb.effect,
    "x-needs": (spec.needs ?? []).map((need) => need.name),
    parameters: parametersOf(spec, shape, inBody),
    ...(inBody ? { requestBody: bodyOf(spec, schema) } : {}),
    responses: responsesOf(spec),
  };
}
