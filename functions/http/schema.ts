import * as z from "zod";

/** JSON Schema of a zod schema, without the parts that a document does not need. */
export function toSchema(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

const Forms = z.object({ oneOf: z.array(z.record(z.string(), z.unknown())).min(1) });

/** The forms that an input may have, by its schema; most have one. */
export const formsOf = (schema: Record<string, unknown>) => Forms.safeParse(schema).data?.oneOf ?? [schema];
