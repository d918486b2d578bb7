import * as z from "zod";
import { AwsError, parseOr } from "./aws-error.ts";

const Entry = z.looseObject({
  Id: z.string().regex(/^[\w-]{1,80}$/, "an id is 1 to 80 letters, digits, - or _"),
});

/** Runs a batch entry by entry: what is refused fails alone, under its own id. */
export function batch(entries: unknown, act: (entry: unknown) => object) {
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new AwsError("EmptyBatchRequest", "There should be at least one entry in the request.");
  }
  if (entries.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${entries.length}.`;
    throw new AwsError("TooManyEntriesInBatchRequest", message);
  }
  const parsed = parseOr("InvalidBatchEntryId", z.array(Entry), entries);
  if (new Set(parsed.map((entry) => entry.Id)).size < parsed.length) {
    throw new AwsError(
      "BatchEntryIdsNotDistinct",
      "Two or more batch entries in the request have the same Id.",
    );
  }
  const results = parsed.map((entry) => attempt(entry.Id, () => act(entry)));
  return {
    Successful: results.flatMap((result) => result.done ?? []),
    Failed: results.flatMap((result) => result.failed ?? []),
  };
}

function attempt(Id: string, act: () => object) {
  try {
    return { done: { Id, ...act() } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { failed: { Id, Code: error.code, Message: error.message, SenderFault: true } };
  }
}
