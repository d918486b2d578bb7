import * as z from "zod";
import type { Endpoint } from "./endpoints.ts";
import type { Wire } from "./types/generated.ts";
import type { Silent } from "./types/silent.ts";

/** A number, which Perl may have written as a text. */
export const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i)
    .transform(Number),
]);

/** A truth: 0 or 1, as a number or as a text; an empty text is Perl's own false. */
export const flag = z
  .union([z.literal([0, 1, "0", "1", ""]), z.boolean()])
  .transform((value) => value === 1 || value === "1" || value === true);

type Row<T> = T extends readonly (infer Item)[] ? Item : T;
type Named<E extends Endpoint> = E extends Endpoint
  ? keyof Row<Wire[E]> | (E extends keyof Silent ? Silent[E] : never)
  : never;

/**
 * The fields that we read of an answer. Only names that the schema of some version knows, or that
 * types/silent.ts adds, are accepted: a misspelt field would be missing for ever.
 */
export const fields =
  <E extends Endpoint>() =>
  <S extends z.core.$ZodLooseShape>(shape: S & Readonly<Record<Exclude<keyof S, Named<E>>, never>>) =>
    z.object<S>(shape);
