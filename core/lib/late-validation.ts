import * as z from "zod";
import { canonical } from "./canonical.ts";
import { badInput, describeIssues } from "./issues.ts";

/** A field that is validated by `strict`, which the document tells, once it is known what is shown of it: at the door by `loose`. */
export function validatedLater(strict: z.ZodType): z.ZodUnknown;
export function validatedLater<Loose extends z.ZodType>(strict: z.ZodType, loose: Loose): Loose;
export function validatedLater(strict: z.ZodType, loose: z.ZodType = z.unknown()): z.ZodType {
  return loose.meta({ forms: () => [strict] });
}

/** What is asked for by a schema, or one of the values that are shown, whatever those are: nobody has to mend them first. */
export const orShown = <Strict extends z.ZodType, Shown>(strict: Strict, ...shown: readonly Shown[]) => {
  const known = new Set(shown.map(canonical));
  return z.union([strict, z.custom<Shown>((value) => known.has(canonical(value)))]);
};

/** So many members may a list have that is changed: as many as it shows already, though that be too many. */
export const maxLength = (most: number, shown: { readonly length: number }) => Math.max(most, shown.length);

/** What was said, once it is known what is shown; throws a 400 that names what is wrong with it. */
export function validated<Schema extends z.ZodType>(schema: Schema, said: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(said);
  if (error) throw badInput(describeIssues(error));
  return data;
}
