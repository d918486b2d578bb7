import * as z from "zod";

/** A field that is judged later than its door says what it may be by the schemas that judge it. */
const Judged = z.looseObject({
  description: z.string().optional(),
  forms: z.custom<() => readonly z.ZodType[]>((value) => typeof value === "function"),
});

function withForms(ctx: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const judged = Judged.safeParse(z.globalRegistry.get(ctx.zodSchema)).data;
  if (!judged) return;
  const forms = judged.forms().map((form) => toSchema(form, "input"));
  for (const key of Object.keys(ctx.jsonSchema)) Reflect.deleteProperty(ctx.jsonSchema, key);
  const [only, ...others] = forms;
  const { description } = judged;
  Object.assign(ctx.jsonSchema, description === undefined ? {} : { description });
  Object.assign(ctx.jsonSchema, others.length === 0 ? only : { anyOf: forms });
}

/** JSON Schema of a zod schema, without the parts that a document does not need. */
export function toSchema(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override(ctx) {
      withForms(ctx);
      // Clients have to bear fields that a later version answers beside these.
      if (io === "output" && ctx.jsonSchema.additionalProperties === false)
        Reflect.deleteProperty(ctx.jsonSchema, "additionalProperties");
    },
  });
  return rest;
}

const Forms = z.object({ oneOf: z.array(z.record(z.string(), z.unknown())).min(1) });

/** The forms that an input may have, by its schema; most have one. */
export const formsOf = (schema: Record<string, unknown>) => Forms.safeParse(schema).data?.oneOf ?? [schema];
