import { toSchema } from "./schema.ts";
import type { Spec } from "./route.ts";

/** Types of responses that are no JSON. */
const TYPES = { html: "text/html", events: "text/event-stream" } as const;

/** What the statuses of problems mean; the document says it once. */
const REFUSED =
  "400 malformed or invalid, `errors` names the fields; 401 no key that is known; 403 the key may not, or safe mode " +
  "stands against it; 404 there is no such thing; 409 not in this state; 412 not the version of If-Match; 422 the " +
  "Idempotency-Key was used for another request; 423 the guest is locked; 429 too many requests. Nothing was done.";

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

/** The problems as components. */
export const problems = { Refused: problem(REFUSED), Problem: problem("A problem (RFC 9457)") };

/** Every answer of a route: its success, the plan of a dry run, and its problems. */
export function responsesOf(spec: Spec) {
  const { preview } = spec.verb;
  const plan = preview ? toSchema(preview, "output") : { $ref: "#/components/schemas/Plan" };
  const output = toSchema(spec.verb.output, "output");
  const writes = spec.verb.effect === "write";
  const schema = writes && spec.status === 200 ? { anyOf: [output, plan] } : output;
  const content = spec.as
    ? { [TYPES[spec.as]]: { schema: { type: "string" } } }
    : { "application/json": { schema } };
  const success = { description: spec.summary, ...(spec.status === 204 ? {} : { content }) };
  const settled = spec.status === 202 ? { anyOf: [plan, output] } : plan;
  const dry = {
    description: `The plan of a dry run${spec.status === 202 ? ", or with `wait` the operation that has ended" : ""}`,
    content: { "application/json": { schema: settled } },
  };
  return {
    [spec.status]: success,
    ...(writes && spec.status !== 200 ? { 200: dry } : {}),
    ...(spec.as === "events" ? { 204: { description: "All was told; do not come again" } } : {}),
    "4XX": { $ref: "#/components/responses/Refused" },
    default: { $ref: "#/components/responses/Problem" },
  };
}
