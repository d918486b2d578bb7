import * as z from "zod";

/** JSON Schema of a zod schema, without the parts that a document does not need. */
export function toSchema(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
