import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { ProxmoxError, sight, version, type Proxmox } from "../proxmox/index.ts";
import { verb } from "../verb.ts";

const Part = z.object({
  name: z.string(),
  ok: z.boolean(),
  latencyMs: z.number(),
  reason: z.string().nullable(),
});
type Part = z.infer<typeof Part>;

/** A part's own words are for the log; a caller is told what kind of trouble it is. */
function reasonOf(error: unknown): string {
  if (error instanceof ProxmoxError || error instanceof Fault) return error.message;
  return error instanceof Error ? error.name : "it did not answer";
}

async function probe(ctx: Context, name: string, ask: () => Promise<unknown>): Promise<Part> {
  const started = ctx.clock.now().getTime();
  const latencyMs = () => ctx.clock.now().getTime() - started;
  try {
    await ask();
    return { name, ok: true, latencyMs: latencyMs(), reason: null };
  } catch (error) {
    ctx.log.warn("ready", { part: name, error });
    return { name, ok: false, latencyMs: latencyMs(), reason: reasonOf(error) };
  }
}

/** A cluster answers, and its token sees guests: one that sees none gets empty lists and no error. */
async function look(proxmox: Proxmox): Promise<void> {
  await version(proxmox);
  if ((await sight(proxmox)) === "none") throw new Fault("refused", "proxmox.privilege", Cluster.BLIND);
}

/** Without a table, a queue or the scheduler nothing works; a cluster that does not answer leaves the others. */
function statusOf(parts: readonly Part[]) {
  if (parts.every((part) => part.ok)) return "ready" as const;
  const own = parts.filter((part) => !part.name.startsWith("cluster/"));
  return own.every((part) => part.ok) ? ("degraded" as const) : ("down" as const);
}

/** Whether an answer of this verb says that nothing works. */
export const isDown = (value: unknown) => z.object({ status: z.literal("down") }).safeParse(value).success;

/** Whether everything that is needed answers: tables, queues, scheduler and every cluster. */
export const ready = verb({
  action: "system.ready",
  effect: "read",
  input: z.strictObject({}),
  output: z.object({ status: z.enum(["ready", "degraded", "down"]), parts: z.array(Part) }),
  async run(ctx) {
    const clusters = await Cluster.all(ctx);
    const parts = await Promise.all([
      probe(ctx, "dynamodb", () => ctx.store.get("State", { pk: "safe-mode", sk: "current" })),
      probe(ctx, "sqs", () => ctx.queue.ping("Item")),
      probe(ctx, "scheduler", () => ctx.scheduler.ping()),
      ...clusters.map(({ id }) =>
        probe(ctx, `cluster/${id}`, async () => look(await Cluster.connect(ctx, id))),
      ),
    ]);
    return { status: statusOf(parts), parts };
  },
});
