import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import type { Context, World } from "../context.ts";
import { load, readAll, type Guest } from "../inventory/index.ts";
import { Duration } from "../lib/duration.ts";
import { ClusterId, Flag } from "../lib/field.ts";
import { Fault } from "../lib/fault.ts";
import { Page, PageInput, pageOf, type Warning } from "../lib/page.ts";
import { matches, parseExpression, TagExpression, unknownTags } from "../selector/index.ts";
import { verb } from "../verb.ts";
import { fitted } from "./coverage-fit.ts";
import { Groups, groupsOf, meantBy, tally, Tally, type BackupJob } from "./coverage-groups.ts";
import { Coverage, coverageOf, STATES } from "./coverage-rule.ts";
import { Growth, growthOf, Orphan, orphansOf } from "./coverage-storages.ts";
import { newestTasks, onlineOf, type NewestTask } from "./newest-task.ts";
import { survey } from "./survey.ts";

const Input = z.strictObject({
  ...PageInput,
  cluster: ClusterId.optional(),
  tags: TagExpression.optional(),
  /** Only the guests that this job would back up now. */
  job: z.string().max(100).optional(),
  state: z.enum(STATES).optional(),
  /** How old the newest backup may be. */
  maxAge: Duration({ min: 60, max: 366 * 86_400 }).default(26 * 3600),
  verified: Flag.default(false),
});
type Input = z.infer<typeof Input>;

const Output = Page(Coverage).extend({
  summary: Tally,
  orphans: z.array(Orphan),
  storages: z.array(Growth),
  by: Groups,
});

/** How the newest attempts came out; a cluster that does not tell is a warning. */
async function attempts(ctx: Context, cluster: string | undefined) {
  const found = new Map<string, NewestTask>();
  const warnings: Warning[] = [];
  for (const { id } of (await Cluster.all(ctx)).filter((one) => (cluster ?? one.id) === one.id)) {
    const listing = await load(ctx, id);
    const fleet = { nodes: onlineOf(listing?.nodes ?? []), guests: listing?.guests ?? [] };
    try {
      for (const [vm, task] of await newestTasks(ctx, id, fleet)) found.set(vm, task);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      warnings.push({
        code: error.code,
        detail: `cluster ${id} does not tell of its backup tasks: ${error.message}`,
      });
    }
  }
  return { found, warnings };
}

/** The guests that are asked about: no templates, which nobody backs up every night. */
function chosen(guests: readonly Guest[], jobs: readonly BackupJob[], { tags, job }: Input) {
  const expression = tags === undefined ? undefined : parseExpression(tags);
  const named = job === undefined ? undefined : jobs.find(({ id }) => id === job);
  if (job !== undefined && !named)
    throw new Fault("missing", "job.missing", `There is no job ${job} that makes backups.`);
  const meant = named && meantBy(named, guests);
  return guests.filter(
    (guest) =>
      !guest.template &&
      (expression === undefined || matches(expression, guest.tags)) &&
      (meant === undefined || meant.has(guest.id)),
  );
}

/** What is told beside the page of guests, as far as it fits into the answer. */
function beside(
  lost: readonly z.infer<typeof Orphan>[],
  growth: readonly z.infer<typeof Growth>[],
  by: z.infer<typeof Groups>,
) {
  const [orphans, storages] = [fitted("orphans", lost), fitted("storages", growth)];
  const [tags, jobs] = [fitted("by.tags", by.tags), fitted("by.jobs", by.jobs)];
  return {
    lists: {
      orphans: orphans.shown,
      storages: storages.shown,
      by: { ...by, tags: tags.shown, jobs: jobs.shown },
    },
    cut: [orphans, storages, tags, jobs].flatMap(({ cut }) => cut),
  };
}

async function run(ctx: Context, input: Input, jobs: readonly BackupJob[]) {
  const { cluster, verified } = input;
  const [reading, { backups, warnings }, tasks] = await Promise.all([
    readAll(ctx, cluster === undefined ? {} : { clusters: [cluster] }),
    survey(ctx, { cluster }),
    attempts(ctx, cluster),
  ]);
  const now = ctx.clock.now();
  const guests = chosen(reading.guests, jobs, input);
  const wanted = { now, maxAgeSeconds: input.maxAge, verified, blind: warnings.length > 0 };
  const covered = coverageOf(guests, backups, tasks.found, wanted);
  const all = [...reading.warnings, ...warnings, ...tasks.warnings];
  const tags = guests.length === 0 ? unknownTags(input.tags, reading.guests) : [];
  const unknown = [...(await Cluster.unknownCluster(ctx, cluster)), ...tags];
  const shown = covered.filter(({ state }) => input.state === undefined || state === input.state);
  const known = new Set(reading.guests.map(({ id }) => id));
  const { lists, cut } = beside(
    orphansOf(backups, known),
    growthOf(backups, now),
    groupsOf(covered, guests, jobs),
  );
  return {
    ...pageOf(shown, ({ vm }) => vm.id, input),
    asOf: now.toISOString(),
    partial: all.length > 0,
    warnings: [...all, ...unknown, ...cut],
    summary: tally(covered),
    ...lists,
  };
}

/**
 * A verb that tells which guests have a backup that is young enough and good, and which have not, by tag and by job; what
 * lies there of guests that are gone, and how storages fill. `jobsOf` gives the jobs that make backups.
 */
export const covering = (jobsOf: (world: World) => Promise<readonly BackupJob[]>) =>
  verb({
    action: "backup.coverage",
    effect: "read",
    input: Input,
    output: Output,
    run: async (ctx, input) => run(ctx, input, await jobsOf(ctx)),
  });
