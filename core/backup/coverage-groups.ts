import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import { select, type Selection } from "../selector/index.ts";
import { STATES, type Coverage } from "./coverage-rule.ts";

/** A job that makes backups, and the guests that it means. */
export interface BackupJob {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly select: Selection;
}

/** How many guests are in each state. */
export const Tally = z.record(z.enum(STATES), z.number());
const OfTag = z.object({ tag: z.string(), guests: z.number(), summary: Tally });
const OfJob = z.object({
  job: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  guests: z.number(),
  summary: Tally,
});

/** The same coverage by tag and by job, and how many guests no enabled job backs up. */
export const Groups = z.object({ tags: z.array(OfTag), jobs: z.array(OfJob), withoutJob: z.number() });

/** Counts guests by state. Pure. */
export function tally(covered: readonly Coverage[]): z.infer<typeof Tally> {
  const count = (state: Coverage["state"]) => covered.filter((one) => one.state === state).length;
  return {
    protected: count("protected"),
    late: count("late"),
    unverified: count("unverified"),
    missing: count("missing"),
    unknown: count("unknown"),
  };
}

/** The guests that a job would back up now, by id. */
export const meantBy = (job: BackupJob, guests: readonly Guest[]): ReadonlySet<string> =>
  new Set(
    select(job.select, guests)
      .choices.filter(({ chosen }) => chosen)
      .map(({ guest }) => guest.id),
  );

/** Coverage by tag and by job. Pure. */
export function groupsOf(
  covered: readonly Coverage[],
  guests: readonly Guest[],
  jobs: readonly BackupJob[],
): z.infer<typeof Groups> {
  const carriers = Map.groupBy(
    covered.flatMap((one) => one.tags.map((tag) => ({ tag, one }))),
    ({ tag }) => tag,
  );
  const tags = [...carriers].map(([tag, members]) => {
    return { tag, guests: members.length, summary: tally(members.map(({ one }) => one)) };
  });
  const meant = jobs.map((job) => ({ job, ids: meantBy(job, guests) }));
  const within = (ids: ReadonlySet<string>) => covered.filter(({ vm }) => ids.has(vm.id));
  const scheduled = meant.filter(({ job }) => job.enabled).map(({ ids }) => ids);
  return {
    tags: tags.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)),
    jobs: meant
      .map(({ job: { id, name, enabled }, ids }) => {
        const own = within(ids);
        return { job: id, name, enabled, guests: own.length, summary: tally(own) };
      })
      .toSorted((a, b) => (`${a.name} ${a.job}` < `${b.name} ${b.job}` ? -1 : 1)),
    withoutJob: covered.filter(({ vm }) => !scheduled.some((ids) => ids.has(vm.id))).length,
  };
}
