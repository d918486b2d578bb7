import * as z from "zod";
import type { Result } from "../../core/verb.ts";
import { toEvents } from "./events.ts";
import { planPage, PlanPageInput } from "./plan-page.ts";
import type { Outgoing } from "./problem.ts";
import type { Spec } from "./route.ts";

const Named = z.object({ id: z.string() });
const Tagged = z.object({ etag: z.string() });
const Listed = z.object({ nextCursor: z.string() });

const COLLECTIONS: Readonly<Record<number, (spec: Spec) => string>> = {
  201: (spec) => spec.path,
  202: () => "/v1/operations",
};

/** Where the next page of a list is. */
function nextOf(value: unknown, url: string): Record<string, string> {
  const listed = Listed.safeParse(value).data;
  if (!listed) return {};
  const next = new URL(url, "http://localhost");
  next.searchParams.set("cursor", listed.nextCursor);
  return { link: `<${next.pathname}${next.search}>; rel="next"` };
}

/** Location of what was made, the version of what is shown, and the next page of a list. */
function headersOf(spec: Spec, value: unknown, url: string): Record<string, string> {
  const named = Named.safeParse(value).data;
  const tagged = Tagged.safeParse(value).data;
  const collection = COLLECTIONS[spec.status]?.(spec);
  return {
    ...(collection && named ? { location: `${collection}/${named.id}` } : {}),
    ...(tagged ? { etag: `"${tagged.etag}"` } : {}),
    ...nextOf(value, url),
  };
}

type Page = z.infer<typeof PlanPageInput>;
const FIRST: Page = PlanPageInput.parse({});

/** What a verb gave, as an answer; a plan is always 200, and a page of it. */
export function toAnswer(spec: Spec, result: Result<unknown>, url: string, page: Page = FIRST): Outgoing {
  if ("plan" in result) {
    const body = planPage(result.shown ?? result.plan, page);
    return { status: 200, body, headers: nextOf(body, url), type: "application/json" };
  }
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
