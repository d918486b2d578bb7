import { parametersOf, Shape } from "./document-parameters.ts";
import { responsesOf } from "./document-responses.ts";
import type { Spec } from "./route.ts";
import { formsOf, toSchema } from "./schema.ts";

/** A route's specification and the file that it stands in, without its ending. */
export interface Filed {
  readonly file: string;
  readonly spec: Spec;
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

/** What a caller has to know of a route before calling it. */
function descriptionOf({ verb, status, open }: Spec): string {
  const right = open ? "Needs no key." : `Needs \`${verb.action}\`.`;
  if (verb.effect === "read") return `${right} Changes nothing.`;
  return status === 202 ? `${right} Answers with an operation.` : right;
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
    description: descriptionOf(spec),
    ...(spec.open ? { security: [] } : {}),
    "x-file": file,
    "x-effect": spec.verb.effect,
    "x-needs": (spec.needs ?? []).map((need) => need.name),
    parameters: parametersOf(spec, shape, inBody),
    ...(inBody ? { requestBody: bodyOf(spec, schema) } : {}),
    responses: responsesOf(spec),
  };
}
