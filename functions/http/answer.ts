import * as z from "zod";
import type { Result } from "../../core/verb.ts";
import { toEvents } from "./events.ts";
import type { Outgoing } from "./problem.ts";
import type { Spec } from "./route.ts";

const Named = z.object({ id: z.string() });
const Tagged = z.object({ etag: z.string() });
const Listed = z.object({ nextCursor: z.string() });

const COLLECTIONS: Readonly<Record<number, (spec: Spec) => string>> = {
  201: (spec) => spec.path,
  202: () => "/v1/operations",
};

/** Location of what was made, the version of what is shown, and the next page of a list. */
function headersOf(spec: Spec, value: unknown, url: string): Record<string, string> {
  const named = Named.safeParse(value).data;
  const tagged = Tagged.safeParse(value).data;
  const listed = Listed.safeParse(value).data;
  const collection = COLLECTIONS[spec.status]?.(spec);
  const next = new URL(url, "http://localhost");
  if (listed) next.searchParams.set("cursor", listed.nextCursor);
  return {
    ...(collection && named ? { location: `${collection}/${named.id}` } : {}),
    ...(tagged ? { etag: `"${tagged.etag}"` } : {}),
    ...(listed ? { link: `<${next.pathname}${next.search}>; rel="next"` } : {}),
  };
}

/** What a verb gave, as an answer; a plan is always 200. */
export function toAnswer(spec: Spec, result: Result<unknown>, url: string): Outgoing {
  if ("plan" in result)
    return { status: 200, body: result.shown ?? result.plan, headers: {}, type: "application/json" };
  if (spec.as === "events") return toEvents(result.value);
  const type = spec.as === "html" ? "text/html; charset=utf-8" : "application/json";
  const headers = headersOf(spec, result.value, url);
  return {
    status: spec.statusOf?.(result.value) ?? spec.status,
    body: spec.status === 204 ? undefined : result.value,
    headers,
    type,
  };
}
