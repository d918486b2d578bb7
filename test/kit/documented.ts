import type * as z from "zod";
import { canonical } from "../../core/lib/canonical.ts";
import { PlanPage } from "../../core/plan.ts";
import type { Spec } from "../../functions/http/route.ts";

/** What the document says that a route may answer with this status; undefined for a problem and what is no JSON. */
function schemasOf({ verb, status: success, as }: Spec, status: number): readonly z.ZodType[] | undefined {
  if (as !== undefined || (status !== success && status !== 200)) return undefined;
  if (status !== 200) return [verb.output];
  return verb.effect === "write" ? [verb.preview ?? PlanPage, verb.output] : [verb.output];
}

/** Whether an answer is one that the document describes, with no field beside those. */
export function isDocumented(
  spec: Spec,
  { status, json }: { readonly status: number; readonly json: unknown },
) {
  const schemas = schemasOf(spec, status);
  if (schemas === undefined || json === undefined) return true;
  return schemas.some((schema) => {
    const parsed = schema.safeParse(json);
    return parsed.success && canonical(parsed.data) === canonical(json);
  });
}
