import * as z from "zod";
import { Duration } from "../lib/duration.ts";
import type { Limits } from "./operation.ts";

const DAY = 86_400;

const Percent = z.string().regex(/^(100|[1-9]?\d)%$/, "must be a whole number or a percentage such as 25%");

/** What a caller may ask of the pace of an operation. */
export const RateControl = {
  maxConcurrency: z
    .union([z.number().int().min(1).max(1000), Percent])
    .describe("How many of its tasks run at once in Proxmox: a number, or a share of its guests such as 25%")
    .optional(),
  maxErrors: z
    .union([z.number().int().min(0).max(100_000), Percent])
    .describe("Once more items than this have failed, no new one is begun: a number, or a share such as 10%")
    .optional(),
  /** How long a guest that is locked is waited for; 15m by default. */
  lockWait: Duration({ min: 0, max: DAY }).optional(),
  /** How long the whole may take until nothing new is begun. */
  deadline: Duration({ min: 60, max: 7 * DAY }).optional(),
};

interface Wanted {
  readonly maxConcurrency?: number | string | undefined;
  readonly maxErrors?: number | string | undefined;
  readonly lockWait?: number | undefined;
  readonly deadline?: number | undefined;
}

/** A share is rounded down. */
const share = (value: number | string, of: number) =>
  typeof value === "number" ? value : Math.floor((Number.parseInt(value, 10) * of) / 100);

/** The limits in numbers for an operation of this many guests; at least one runs. */
export function toLimits(wanted: Wanted, guests: number): Partial<Limits> {
  const { maxConcurrency, maxErrors, lockWait, deadline } = wanted;
  return {
    ...(maxConcurrency === undefined ? {} : { maxConcurrency: Math.max(1, share(maxConcurrency, guests)) }),
    ...(maxErrors === undefined ? {} : { maxErrors: share(maxErrors, guests) }),
    ...(lockWait === undefined ? {} : { lockWaitSeconds: lockWait }),
    ...(deadline === undefined ? {} : { deadlineSeconds: deadline }),
  };
}
