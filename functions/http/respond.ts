import * as z from "zod";
import type { Context, World } from "../../core/context.ts";
import * as Idempotency from "../../core/idempotency/index.ts";
import { Fault } from "../../core/lib/fault.ts";
import { awaitEnd } from "../../core/operation/index.ts";
import { authenticate } from "./actor.ts";
import { toAnswer } from "./answer.ts";
import { toProblem, type Outgoing } from "./problem.ts";
import { toInput, type Incoming } from "./request.ts";
import { requestIdOf } from "./request-id.ts";
import type { Spec } from "./route.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;
const Accepted = z.object({ id: z.string().startsWith("op_") });

/** The gateway gives a function up after 29 s: until then its answer has to be there, whatever came before the wait. */
const ANSWERED_SECONDS = 25;

/** How long to wait for the end of an operation, in seconds: what was asked for, counted from when the request came. */
function patience(ctx: Context, since: Date, wanted: number): number {
  const gone = (ctx.clock.now().getTime() - since.getTime()) / 1000;
  return Math.max(0, Math.min(wanted, ANSWERED_SECONDS) - gone);
}

async function run(ctx: Context, spec: Spec, incoming: Incoming, since: Date): Promise<Outgoing> {
  const { input, manner } = toInput(spec, incoming);
  const result = await spec.verb.call({ ...ctx, dryRun: manner.dryRun }, input);
  const answer = toAnswer(spec, result, incoming.url, manner.page);
  const accepted = Accepted.safeParse(answer.body).data;
  if (manner.waitSeconds === undefined || answer.status !== 202 || !accepted) return answer;
  const operation = await awaitEnd(ctx, accepted.id, patience(ctx, since, manner.waitSeconds));
  return { ...answer, body: operation, status: operation.finishedAt === null ? 202 : 200 };
}

/** What tells one request from another under the same key: how long somebody waits for the end is no part of it. */
function fingerprintOf(spec: Spec, { url, body }: Incoming): string {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  searchParams.delete("wait");
  return `${spec.method}\n${pathname}?${searchParams.toString()}\n${body}`;
}

/** Runs a request once for its Idempotency-Key; a repeat gets the answer of the first. */
async function runOnce(
  ctx: Context,
  spec: Spec,
  { key, since, ...incoming }: Incoming & { readonly key: string; readonly since: Date },
): Promise<Outgoing> {
  if (!KEY.test(key))
    throw new Fault(
      "invalid",
      "request.invalid",
      "Idempotency-Key must be 1 to 255 visible ASCII characters.",
    );
  const repeatable = { owner: ctx.actor.id, key, fingerprint: fingerprintOf(spec, incoming) };
  const begun = await Idempotency.begin(ctx, repeatable);
  if ("status" in begun) {
    const type = begun.status >= 400 ? "application/problem+json" : "application/json";
    const again =
      begun.status >= 400
        ? {}
        : toAnswer({ ...spec, status: spec.status }, { value: begun.body }, incoming.url).headers;
    return {
      status: begun.status,
      body: begun.body,
      headers: { ...again, "idempotent-replayed": "true" },
      type,
    };
  }
  const answer = await run({ ...ctx, once: begun.once }, spec, incoming, since).catch((error: unknown) =>
    problem(ctx, incoming, error),
  );
  // What was refused did not begin to act, and may be sent again, as it was or mended.
  if (answer.status >= 400 || !Idempotency.fits(answer.body))
    await Idempotency.forget(ctx, repeatable, begun.token);
  else if (spec.verb.secret) await ctx.store.write([begun.once.anew()]);
  else await ctx.store.write([begun.once.answer(answer.status, answer.body)]);
  return answer;
}

const problem = (ctx: Pick<Context, "requestId" | "log">, incoming: Incoming, error: unknown) =>
  toProblem(error, { requestId: ctx.requestId, url: incoming.url, log: ctx.log });

async function guarded(world: World, spec: Spec, incoming: Incoming, requestId: string): Promise<Outgoing> {
  const since = world.clock.now();
  try {
    const actor = await authenticate(world, incoming, spec.open ?? false);
    const ctx: Context = {
      ...world,
      log: world.log.with({ requestId }),
      actor,
      requestId,
      source: incoming.source,
      dryRun: false,
    };
    // What only reads or plans may be asked again without one.
    const plans = incoming.query.get("dryRun") === "true";
    const repeatable = spec.method === "POST" && spec.verb.effect === "write" && !plans;
    const key = repeatable ? incoming.header("idempotency-key") : undefined;
    return key === undefined
      ? await run(ctx, spec, incoming, since)
      : await runOnce(ctx, spec, { ...incoming, key, since });
  } catch (error) {
    return problem({ requestId, log: world.log }, incoming, error);
  }
}

/** Answers one request, whatever happens, and logs that it did. */
export async function respond(world: World, spec: Spec, incoming: Incoming): Promise<Outgoing> {
  const started = world.clock.now();
  const requestId = requestIdOf(incoming.header("x-request-id"), started);
  const answer = await guarded(world, spec, incoming, requestId);
  const ms = world.clock.now().getTime() - started.getTime();
  world.log.info("request", { requestId, method: spec.method, route: spec.path, status: answer.status, ms });
  const unseen = spec.verb.secret ? { "cache-control": "no-store" } : {};
  return { ...answer, headers: { ...answer.headers, ...unseen, "x-request-id": requestId } };
}
