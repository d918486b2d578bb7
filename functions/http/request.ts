import type * as z from "zod";
import { Fault } from "../../core/lib/fault.ts";
import { clip } from "../../core/lib/clip.ts";
import { parseDuration } from "../../core/lib/duration.ts";
import { repeatedName } from "../../core/lib/json-keys.ts";
import { badInput, describeIssues } from "../../core/lib/issues.ts";
import { depthOf } from "./depth.ts";
import { PlanPageInput } from "./plan-page.ts";
import type { Spec } from "./route.ts";

/** A request as the gateway hands it over, before anything is believed. */
export interface Incoming {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
  readonly source: string;
  readonly url: string;
}

/** What a caller asked about the call itself, beside the input of the verb. */
export interface Manner {
  readonly dryRun: boolean;
  readonly waitSeconds: number | undefined;
  /** Which page of the plan of a dry run. */
  readonly page: z.infer<typeof PlanPageInput>;
}

const MOST_WAIT_SECONDS = 25;
const BODY_LIMIT = 1_000_000;
/** Characters of a pointer that are told: a name may be as long as the body. */
const MOST_POINTER = 200;
/** Nothing that is understood here is nested so deep, and a table takes 32 levels. */
const MOST_LEVELS = 24;

function invalid(pointer: string, detail: string): Fault {
  return new Fault("invalid", "request.invalid", `${pointer} ${detail}`, {
    errors: [{ pointer, code: "invalid", detail }],
  });
}

/** A parameter may be given once: two values for one name leave open which is meant. */
function flatten(query: URLSearchParams): Record<string, string> {
  const names = [...query.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`/${twice}`, "is given twice");
  return Object.fromEntries(query);
}

function parseBody(body: string): Record<string, unknown> {
  if (body.trim() === "") return {};
  if (Buffer.byteLength(body) > BODY_LIMIT) throw invalid("", `the body is longer than ${BODY_LIMIT} bytes`);
  if (depthOf(body) > MOST_LEVELS) throw invalid("", `the body is nested deeper than ${MOST_LEVELS} levels`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new Fault("invalid", "request.malformed", "The body is not JSON.", { cause });
  }
  const twice = repeatedName(body);
  if (twice !== undefined) throw invalid(clip(twice, MOST_POINTER), "is given twice");
  if (!JSON.stringify(value).isWellFormed() || /\\ud[89a-f][0-9a-f]{2}/i.test(JSON.stringify(value)))
    throw invalid("", "the body holds half a character (a lone surrogate)");
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("", "the body must be a JSON object");
  return { ...value };
}

function flag(text: string | undefined): boolean {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw invalid("/dryRun", "must be true or false");
}

function waiting(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds <= MOST_WAIT_SECONDS) return seconds;
  throw invalid("/wait", `must be a duration of at most ${MOST_WAIT_SECONDS} s, such as 20s`);
}

/** The version that If-Match names; a star is any version, as no header is. */
const versionOf = (header: string | undefined) =>
  header?.trim() === "*" ? undefined : header?.trim().replace(/^(?:W\/)?"(.*)"$/, "$1");

function pageOf(given: Record<string, string>): Manner["page"] {
  const { data, error } = PlanPageInput.safeParse(given);
  if (error) throw badInput(describeIssues(error));
  return data;
}

/** Takes what is asked about the call itself out of a query; a read knows nothing of that. */
function mannerOf(
  spec: Spec,
  query: Record<string, string>,
): { manner: Manner; rest: Record<string, string> } {
  if (spec.verb.effect !== "write")
    return { manner: { dryRun: false, waitSeconds: undefined, page: pageOf({}) }, rest: query };
  const { dryRun: dry, wait, ...others } = query;
  const dryRun = flag(dry);
  const waitSeconds = waiting(wait);
  if (!dryRun) return { manner: { dryRun, waitSeconds, page: pageOf({}) }, rest: others };
  const { limit, cursor, ...rest } = others;
  const page = { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
  return { manner: { dryRun, waitSeconds, page: pageOf(page) }, rest };
}

/** Puts path, query, body and If-Match together into the verb's one input. Each name may come from one place only. */
export function toInput(spec: Spec, incoming: Incoming): { input: Record<string, unknown>; manner: Manner } {
  const { manner, rest } = mannerOf(spec, flatten(incoming.query));
  const body = parseBody(incoming.body);
  const clash = Object.keys(incoming.path).find(
    (name) => Object.hasOwn(body, name) || Object.hasOwn(rest, name),
  );
  if (clash !== undefined) throw invalid(`/${clash}`, "stands in the path and must not be given again");
  const double = Object.keys(rest).find((name) => Object.hasOwn(body, name));
  if (double !== undefined) throw invalid(`/${double}`, "is given in the query and in the body");
  const etag = spec.ifMatch ? versionOf(incoming.header("if-match")) : undefined;
  // A browser that comes again sends the header beside the query with which it began.
  const lastEventId = spec.as === "events" ? incoming.header("last-event-id") : undefined;
  const headers = {
    ...(etag === undefined ? {} : { etag }),
    ...(lastEventId === undefined ? {} : { lastEventId }),
  };
  return { input: { ...rest, ...body, ...incoming.path, ...headers }, manner };
}
