import * as z from "zod";
import type { Stage } from "./world-stage.ts";

export type Route = Parameters<Stage["call"]>[0];
export type Request = NonNullable<Parameters<Stage["call"]>[1]>;

const Made = z.object({ id: z.string() });
/** A client waits so long before it repeats a request that failed. */
const AGAIN_MS = 25_000;
const ATTEMPTS = 6;

/** Sends a request as a client does that wants it done: again under the same key, until it is answered. */
export async function insist(stage: Stage, route: Route, request: Request): Promise<string | undefined> {
  const key = `${route.spec.path}-${stage.story.length}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const answer = await stage.call(route, { ...request, headers: { "idempotency-key": key } });
    stage.answers.push(answer.body);
    if (answer.status < 300) return Made.parse(answer.json).id;
    const passing =
      answer.status >= 500 || answer.status === 423 || answer.body.includes("request.in-progress");
    if (!passing) {
      stage.tell(`refused ${answer.status} ${answer.body.slice(0, 160)}`);
      return undefined;
    }
    await stage.run(AGAIN_MS);
  }
  return undefined;
}
