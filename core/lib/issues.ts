import type * as z from "zod";
import { clip } from "./clip.ts";
import { Fault, type FieldError } from "./fault.ts";

/** A name that a caller made up may be very long. */
const MOST_NAME = 200;

const escape = (part: PropertyKey) =>
  clip(String(part), MOST_NAME).replaceAll("~", "~0").replaceAll("/", "~1");

const pointerTo = (path: readonly PropertyKey[]) => path.map((part) => `/${escape(part)}`).join("");

/** How deep the first complaint sits: the deepest one is of the member that fitted best. */
const depth = (issues: readonly { path: readonly PropertyKey[] }[]) => issues[0]?.path.length ?? 0;

function describe(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      code: "unknown",
      detail: "is not a field that is known here",
    }));
  }
  if (issue.code === "invalid_union") {
    const nested = issue.errors.map((errors) =>
      errors.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
    );
    const closest = nested.toSorted((a, b) => depth(b) - depth(a))[0];
    if (closest && closest.length > 0) return closest.flatMap(describe);
  }
  const own: unknown = issue.code === "custom" ? issue.params?.["code"] : undefined;
  const code = typeof own === "string" ? own : issue.code;
  return [{ pointer: pointerTo(issue.path), code, detail: issue.message }];
}

/** What is wrong with an input, field by field, as JSON pointers. */
export const describeIssues = (error: z.ZodError): FieldError[] => error.issues.flatMap(describe);

/** So many mistakes are told one by one. */
const MOST_ERRORS = 20;

/** The 400 for these errors. One error that has a code of its own (`selector.empty`) gives it to the whole. */
export function badInput(errors: readonly FieldError[]): Fault {
  const [first, ...others] = errors;
  const code = first && others.length === 0 && first.code.includes(".") ? first.code : "request.invalid";
  const more = errors.length - MOST_ERRORS;
  const rest = more > 0 ? `; of ${errors.length} mistakes ${MOST_ERRORS} are told` : "";
  const detail = first ? `${first.pointer || "the input"} ${first.detail}${rest}` : "the input is not valid";
  return new Fault("invalid", code, detail, { errors: errors.slice(0, MOST_ERRORS) });
}
