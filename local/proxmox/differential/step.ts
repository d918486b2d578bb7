import { readFileSync } from "node:fs";
import * as z from "zod";

const Text = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

const Step = z.object({
  name: z.string(),
  method: z.string(),
  /** Below `/api2/json`, or `!` and a literal path. `~name~` stands for something that an earlier step kept. */
  path: z.string(),
  form: Text.optional(),
  raw: z.string().optional(),
  /** The raw body is made this much longer. */
  fill: z.number().optional(),
  type: z.string().optional(),
  multipart: z
    .object({
      fields: z.array(z.tuple([z.string(), z.string()])),
      file: z.string().optional(),
      content: z.string().optional(),
    })
    .optional(),
  chunked: z.boolean().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  auth: z.string().optional(),
  /** Waits for the task that the answer names. */
  wait: z.boolean().optional(),
  log: z.boolean().optional(),
  /** Only the rows with these values count. */
  row: z.record(z.string(), z.string()).optional(),
  count: z.boolean().optional(),
  /** The keys whose values are kept; `*` for all. */
  keep: z.array(z.string()).optional(),
  ordered: z.boolean().optional(),
  /** What is not compared. */
  loose: z.array(z.string()).optional(),
  /** Milliseconds to wait afterwards. */
  after: z.number().optional(),
  /** Asks again until the row, or the answer, has these values. */
  until: z.union([z.literal("gone"), z.record(z.string(), z.string())]).optional(),
  when: z.string().optional(),
  save: z.string().optional(),
  /** The guests whose backups are swept. */
  of: z.array(z.string()).optional(),
  versions: z.array(z.string()).optional(),
});
export type Step = z.infer<typeof Step>;

const Answer = z.object({
  status: z.number(),
  reason: z.string(),
  errors: z.unknown().optional(),
  /** The task's type, id, end and whether its UPID has the right form. */
  task: z.unknown().optional(),
  /** Keys and types of the data. */
  shape: z.unknown().optional(),
  rows: z.union([z.number(), z.string()]).optional(),
  values: z.unknown().optional(),
  log: z.union([z.array(z.string()), z.string()]).optional(),
  text: z.string().optional(),
});
/** What a server answered to one step, with names, ids, sizes and times masked. */
export type Answer = z.infer<typeof Answer>;
export type Answers = Readonly<Record<string, Answer>>;

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../facts/differential/${name}.json`, import.meta.url), "utf8"));

/** The calls of the scenario, in order, for one version. */
export const scenario = (version: string): Step[] =>
  z
    .array(Step)
    .parse(read("scenario"))
    .filter(({ versions }) => !versions || versions.includes(version));

/** What genuine daemons of a version answered; about half of the steps are among them. */
export const genuine = (version: string): Answers =>
  z.record(z.string(), Answer).parse(read(`answers-${version}`));
