import * as z from "zod";

/** An error as api.md describes it; a field that is not named there makes a test fail. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  instance: z.string(),
  code: z.string().regex(/^[a-z-]+\.[a-z-]+$/),
  requestId: z.string(),
  retryable: z.boolean(),
  errors: z.array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  proxmox: z.record(z.string(), z.unknown()).optional(),
});

/** The envelope of every list. */
export const List = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    asOf: z.iso.datetime(),
    partial: z.boolean(),
    warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  });

/** The parts of an operation that tests look at. */
export const Operation = z.object({
  id: z.string().startsWith("op_"),
  kind: z.string(),
  state: z.enum(["queued", "running", "succeeded", "partial", "skipped", "failed", "cancelled"]),
  progress: z.record(z.string(), z.number()),
  actor: z.string(),
  jobId: z.string().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  retryOf: z.string().nullable(),
  input: z.unknown(),
});

export const Item = z.object({
  id: z.string(),
  vm: z.object({ id: z.string(), name: z.string().nullable(), node: z.string() }),
  state: z.string(),
  reason: z.string().nullable(),
  upid: z.string().nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  warnings: z.array(z.string()),
  result: z.record(z.string(), z.unknown()).nullable(),
});

export const Plan = z.strictObject({
  kind: z.string(),
  items: z.array(
    z.object({
      vm: z.object({ id: z.string() }).nullable(),
      action: z.string(),
      willRun: z.boolean(),
      because: z.string().min(1),
      code: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  summary: z.strictObject({ run: z.number(), skip: z.number(), reasons: z.array(z.unknown()).optional() }),
  nextCursor: z.string().nullable().optional(),
  partial: z.literal(true).optional(),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })).optional(),
});

export const AuditEntry = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  keyId: z.string().nullable(),
  source: z.string(),
  requestId: z.string(),
  action: z.string(),
  target: z.string(),
  decision: z.string(),
  wouldRefuse: z.boolean().optional(),
  reason: z.string(),
  outcome: z.string(),
  operation: z.string().nullable(),
  upid: z.string().nullable(),
  changes: z.record(z.string(), z.unknown()).nullable(),
});

export const Vm = z.object({
  id: z.string(),
  cluster: z.string(),
  vmid: z.number(),
  type: z.string(),
  name: z.string().nullable(),
  node: z.string(),
  status: z.string(),
  template: z.boolean(),
  tags: z.array(z.string()),
  pool: z.string().nullable(),
  memoryBytes: z.number().nullable(),
});

export const Job = z.object({
  id: z.string().startsWith("job_"),
  name: z.string(),
  kind: z.string(),
  schedule: z.string(),
  timezone: z.string(),
  enabled: z.boolean(),
  onMissingTime: z.string(),
  nextRuns: z.array(z.string()),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  lastRun: z.object({ operation: z.string().nullable(), state: z.string() }).nullable(),
  etag: z.string(),
});

export const Run = z.object({
  trigger: z.string(),
  scheduledAt: z.string(),
  operation: z.string().nullable(),
  state: z.string(),
  reason: z.string().nullable(),
});
