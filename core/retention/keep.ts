import * as z from "zod";

const Count = z.number().int().min(0).max(10_000);

/** Proxmox's own words: so many of the latest, then of the latest hours, days, ISO weeks, months and years that have any. */
export const Keep = z
  .strictObject({
    last: Count.exactOptional(),
    hourly: Count.exactOptional(),
    daily: Count.exactOptional(),
    weekly: Count.exactOptional(),
    monthly: Count.exactOptional(),
    yearly: Count.exactOptional(),
  })
  .refine(
    (keep) => Object.values(keep).some((count) => count > 0),
    "must keep at least one, by last, hourly, daily, weekly, monthly or yearly",
  )
  .describe("How many of the latest, and of the latest hours, days, weeks, months and years that have any");
export type Keep = z.infer<typeof Keep>;

const WORDS = { days: "daily", count: "last", monthly: "monthly" } as const;

/**
 * The policies of the original, `days:N`, `count:N` and `monthly:N`, in Proxmox's words. `days:N` keeps one backup for each of
 * the latest N days that have any, so that a guest whose backups stopped keeps the ones it has. Zero, which deleted all, is refused.
 */
export const LegacyKeep = z
  .string()
  .regex(/^(?:days|count|monthly):[0-9]{1,4}$/, "must be days:N, count:N or monthly:N with N from 1")
  .describe("A policy of the original: days:7, count:5 or monthly:12")
  .transform((text, context): Keep => {
    const match = /^(days|count|monthly):(\d{1,4})$/.exec(text);
    const count = Number(match?.[2] ?? 0);
    const [, name] = match ?? [];
    const word = name === "days" || name === "count" || name === "monthly" ? WORDS[name] : undefined;
    if (word !== undefined && count > 0) return { [word]: count };
    context.addIssue({ code: "custom", message: "must be days:N, count:N or monthly:N with N from 1" });
    return z.NEVER;
  });
