import * as z from "zod";
import { PlanPageInput } from "./plan-page.ts";
import { wordsFor } from "./parameter-words.ts";
import type { Spec } from "./route.ts";
import { toSchema } from "./schema.ts";

/** The parts of an input's schema that become parameters. */
export const Shape = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
});
export type Shape = z.infer<typeof Shape>;

/** A parameter as the document has it. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: unknown;
}

const optional = (place: "query" | "header", name: string, description: string, schema: unknown) => ({
  name,
  in: place,
  description,
  schema,
});

const KEY = optional(
  "header",
  "Idempotency-Key",
  "A request that is repeated with it within 24 hours is answered as the first.",
  { type: "string", minLength: 1, maxLength: 255 },
);
const IF_MATCH = optional(
  "header",
  "If-Match",
  "The ETag of the version that is to be changed; another one is a 412. `*` is any.",
  { type: "string" },
);
const DRY_RUN = optional("query", "dryRun", "Answers with the plan, and does nothing.", {
  type: "boolean",
  default: false,
});
/** Which page of the plan; a write that is no dry run knows neither. */
const PLAN_PAGE = Object.entries(Shape.parse(toSchema(PlanPageInput, "input")).properties).map(
  ([name, schema]) => optional("query", name, "Of the plan of a dry run", schema),
);
const WAIT = optional(
  "query",
  "wait",
  "How long to wait for the end of the operation, such as 20s; at most 25s",
  { type: "string", pattern: "^(?:[0-9]{1,2}s|PT[0-9]{1,2}S)$" },
);
const LAST_EVENT_ID = optional(
  "header",
  "Last-Event-ID",
  "The id of the last event that was seen; wins over lastEventId.",
  { type: "string", maxLength: 8000 },
);

const Words = z.looseObject({ description: z.string().optional() });

function described(spec: Spec, shape: Shape, name: string) {
  const { description = wordsFor(spec, name), ...schema } = Words.parse(shape.properties[name] ?? {});
  return { name, ...(description === undefined ? {} : { description }), schema };
}

/** What stands in path, query and headers of a request. */
export function parametersOf(spec: Spec, shape: Shape, inBody: boolean): Parameter[] {
  const rest = Object.keys(shape.properties).filter(
    (name) => !spec.parameters.includes(name) && !(spec.ifMatch && name === "etag"),
  );
  const writes = spec.verb.effect === "write";
  return [
    ...spec.parameters.map((name) => ({
      ...described(spec, shape, name),
      in: "path" as const,
      required: true,
    })),
    ...(inBody ? [] : rest).map((name) => ({
      ...described(spec, shape, name),
      in: "query" as const,
      ...(shape.required.includes(name) ? { required: true } : {}),
    })),
    ...(writes ? [DRY_RUN, ...PLAN_PAGE] : []),
    ...(spec.status === 202 ? [WAIT] : []),
    ...(writes && spec.method === "POST" ? [KEY] : []),
    ...(spec.ifMatch ? [IF_MATCH] : []),
    ...(spec.as === "events" ? [LAST_EVENT_ID] : []),
  ];
}
