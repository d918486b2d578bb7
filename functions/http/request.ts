import { Fault } from "../../core/lib/fault.ts";
import { clip } from "../../core/lib/clip.ts";
import { parseDuration } from "../../core/lib/duration.ts";
import { repeatedName } from "../../core/lib/json-keys.ts";
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
}

const MOST_WAIT_SECONDS = 25;
const BODY_LIMIT = 1_000_000;
/** Characters of a pointer that are told: a name may be as long as the body. */
const MOST_POINTER = 200;

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
  if (body.length > BODY_LIMIT) throw invalid("", `the body is longer than ${BODY_LIMIT} bytes`);
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

/** Puts path, query, body and If-Match together into the verb's one input. Each name may come from one place only. */
export function toInput(spec: Spec, incoming: Incoming): { input: Record<string, unknown>; manner: Manner } {
  const { dryRun, wait, ...query } = flatten(incoming.query);
  const writes = spec.verb.effect === "write";
  const manner = writes
    ? { dryRun: flag(dryRun), waitSeconds: waiting(wait) }
    : { dryRun: false, waitSeconds: undefined };
  const rest = writes
    ? query
    : { ...query, ...(dryRun === undefined ? {} : { dryRun }), ...(wait === undefined ? {} : { wait }) };
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
