import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { load, readAll } from "../inventory/index.ts";
import { Duration } from "../lib/duration.ts";
import { ClusterId, Flag } from "../lib/field.ts";
import { Fault } from "../lib/fault.ts";
import { Page, PageInput, pageOf, type Warning } from "../lib/page.ts";
import { matches, parseExpression, TagExpression } from "../selector/index.ts";
import { verb } from "../verb.ts";
import type { Backup } from "./backup.ts";
import { Coverage, coverageOf, STATES } from "./coverage-rule.ts";
import { newestTasks, type NewestTask } from "./newest-task.ts";
import { readBackups } from "./read.ts";

const DAY_MS = 86_400_000;
const Input = z.strictObject({
  ...PageInput,
  cluster: ClusterId.optional(),
  tags: TagExpression.optional(),
  state: z.enum(STATES).optional(),
  /** How old the newest backup may be. */
  maxAge: Duration({ min: 60, max: 366 * 86_400 }).default(26 * 3600),
  verified: Flag.default(false),
});
type Input = z.infer<typeof Input>;

const Growth = z.object({
  cluster: z.string(),
  storage: z.string(),
  node: z.string().nullable(),
  backups: z.number(),
  sizeBytes: z.number(),
  /** What of it was written in the last week, and in the last month. */
  lastWeekBytes: z.number(),
  lastMonthBytes: z.number(),
});

const Output = Page(Coverage).extend({
  summary: z.record(z.enum(STATES), z.number()),
  /** Backups of guests that are not there any more. */
  orphans: z.array(
    z.object({ vm: z.string(), backups: z.number(), sizeBytes: z.number(), newest: z.string() }),
  ),
  storages: z.array(Growth),
});

const sizeOf = (backups: readonly Backup[]) => backups.reduce((total, { sizeBytes }) => total + sizeBytes, 0);

function orphansOf(backups: readonly Backup[], known: ReadonlySet<string>) {
  const lost = backups.filter(({ vm }) => vm !== null && !known.has(vm));
  return [...Map.groupBy(lost, ({ vm }) => vm ?? "")].map(([vm, members]) => ({
    vm,
    backups: members.length,
    sizeBytes: sizeOf(members),
    newest: members[0]?.createdAt ?? "",
  }));
}

function growthOf(backups: readonly Backup[], now: Date) {
  const since = (days: number) => (backup: Backup) =>
    now.getTime() - Date.parse(backup.createdAt) <= days * DAY_MS;
  return [...Map.groupBy(backups, ({ cluster, storage, node }) => `${cluster} ${storage} ${node ?? ""}`)].map(
    ([, members]) => ({
      cluster: members[0]?.cluster ?? "",
      storage: members[0]?.storage ?? "",
      node: members[0]?.node ?? null,
      backups: members.length,
      sizeBytes: sizeOf(members),
      lastWeekBytes: sizeOf(members.filter(since(7))),
      lastMonthBytes: sizeOf(members.filter(since(30))),
    }),
  );
}

/** How the newest attempts came out; a cluster that does not tell is a warning. */
async function attempts(ctx: Context, cluster: string | undefined) {
  const found = new Map<string, NewestTask>();
  const warnings: Warning[] = [];
  for (const { id } of (await Cluster.all(ctx)).filter((one) => (cluster ?? one.id) === one.id)) {
    const nodes = (await load(ctx, id))?.nodes.filter(({ online }) => online).map(({ name }) => name) ?? [];
    try {
      for (const [vm, task] of await newestTasks(ctx, id, nodes)) found.set(vm, task);
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

async function run(ctx: Context, input: Input) {
  const { cluster, tags, verified } = input;
  const [reading, { backups, warnings }, tasks] = await Promise.all([
    readAll(ctx, cluster === undefined ? {} : { clusters: [cluster] }),
    readBackups(ctx, { cluster }),
    attempts(ctx, cluster),
  ]);
  const now = ctx.clock.now();
  const expression = tags === undefined ? undefined : parseExpression(tags);
  const guests = reading.guests.filter(
    (guest) => !guest.template && (expression === undefined || matches(expression, guest.tags)),
  );
  const wanted = { now, maxAgeSeconds: input.maxAge, verified, blind: warnings.length > 0 };
  const covered = coverageOf(guests, backups, tasks.found, wanted);
  const all = [...reading.warnings, ...warnings, ...tasks.warnings];
  const count = (state: Coverage["state"]) => covered.filter((one) => one.state === state).length;
  const shown = covered.filter(({ state }) => input.state === undefined || state === input.state);
  return {
    ...pageOf(shown, ({ vm }) => vm.id, input),
    asOf: now.toISOString(),
    partial: all.length > 0,
    warnings: all,
    summary: {
      protected: count("protected"),
      late: count("late"),
      unverified: count("unverified"),
      missing: count("missing"),
      unknown: count("unknown"),
    },
    orphans: orphansOf(backups, new Set(reading.guests.map(({ id }) => id))),
    storages: growthOf(backups, now),
  };
}

/** Which guests have a backup that is young enough and good, and which have not; what lies there of guests that are gone, and how storages fill. */
export const coverage = verb({
  action: "backup.coverage",
  effect: "read",
  input: Input,
  output: Output,
  run,
});
