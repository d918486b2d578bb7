import type { Unwritable } from "../db/index.ts";
import { clip } from "../lib/clip.ts";
import type { Ended, Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";

const CODE = "operation.unwritable";
const MOST_REASON = 600;

/** Whether an item ends as one of which not even its end could be stored. */
export const isBare = ({ ending }: Ended) => ending.code === CODE;

/**
 * How an item ends of which DynamoDB will never take what was to be stored. Waiting changes nothing about that, so it fails
 * and lets go, with no more than fits beside what is there; `told` is how it would have ended.
 */
export function bare(item: ItemRow, error: Unwritable, told?: Ending): Ending {
  // Of a request that may have been made, and of which nothing is known, that is all that can be said.
  const isOpen = told === undefined && item.state !== "queued";
  const before = told
    ? `it ended as ${told.state}: ${told.reason ?? "no more was said"}`
    : "it could not go on";
  return {
    state: isOpen ? "unknown" : "failed",
    code: CODE,
    reason: clip(
      `what was to be stored of it is refused (${clip(error.message, 200)}); ${before}`,
      MOST_REASON,
    ),
    ...(told?.upid === undefined ? {} : { upid: told.upid }),
    warnings: [],
    detail: {},
  };
}
