import type { SimulatorRequest } from "../request.ts";
import type { Step } from "./step.ts";

/** What earlier steps left behind, by the name under which paths and forms ask for it. */
export type Memory = Map<string, string>;

const LATER: Readonly<Record<string, string>> = {
  long: "x",
  lastUpid: "x",
  sweep: "none",
  backup0: "local:backup/none",
};

const recall = (memory: Memory, name: string) => memory.get(name) ?? LATER[name] ?? "";
const fill = (text: string, memory: Memory, encode = (value: string) => value) =>
  text.replaceAll(/~(\w+)~/g, (_, name: string) => encode(recall(memory, name)));

function encoded(form: NonNullable<Step["form"]>, memory: Memory): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(form))
    for (const one of typeof value === "string" ? [value] : value) query.append(name, fill(one, memory));
  return query.toString();
}

type Headers = Record<string, string>;

const bearing = (token: string): Headers => ({ authorization: `PVEAPIToken=${token}` });
const cookie = (ticket: string): Headers => ({ cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` });

/** The header fields of every way in which the scenario introduces itself. */
function authorization(kind: string, memory: Memory): Headers {
  const token = recall(memory, "token");
  const [id = "", secret = ""] = token.split("=");
  const csrf = { csrfpreventiontoken: recall(memory, "csrf") };
  const ways: Readonly<Record<string, Headers>> = {
    token: bearing(token),
    none: {},
    bearer: { authorization: `Bearer ${secret}` },
    "token-space": { authorization: `PVEAPIToken ${token}` },
    "bad-secret": bearing(`${id}=00000000-0000-4000-8000-000000000000`),
    "bad-token": bearing(`root@pam!nosuchtoken=${secret}`),
    "bad-user-token": bearing(`nosuch@pve!x=${secret}`),
    "malformed-token": bearing("garbage"),
    "token-no-secret": bearing(id),
    ticket: { ...cookie(recall(memory, "ticket")), ...csrf },
    "ticket-no-csrf": cookie(recall(memory, "ticket")),
    "ticket-bad-csrf": {
      ...cookie(recall(memory, "ticket")),
      csrfpreventiontoken: `0000AAAA:${"A".repeat(43)}`,
    },
    "ticket-header": {
      authorization: `PVEAuthCookie=${encodeURIComponent(recall(memory, "ticket"))}`,
      ...csrf,
    },
    "bad-ticket": { ...cookie("PVE:root@pam:4EEC61E2::bm90IGEgc2lnbmF0dXJl"), ...csrf },
    "garbage-ticket": cookie("garbage"),
    "user-ticket": {
      ...cookie(recall(memory, "userTicket")),
      csrfpreventiontoken: recall(memory, "userCsrf"),
    },
    "limited-token": bearing(recall(memory, "limited")),
    "full-user-token": bearing(recall(memory, "fullUser")),
  };
  const way = ways[kind];
  if (!way) throw new Error(`unknown way to log in: ${kind}`);
  return way;
}

const BOUNDARY = "dif7MA4YWxk";

function multipartBody({ fields, file, content = "" }: NonNullable<Step["multipart"]>): string {
  const head = (disposition: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const parts = fields.map(([name, value]) => `${head(`name="${name}"`)}\r\n${value}\r\n`);
  const type = "Content-Type: application/octet-stream\r\n";
  const upload =
    file === undefined ? "" : `${head(`name="filename"; filename="${file}"`)}${type}\r\n${content}\r\n`;
  return `${parts.join("")}${upload}--${BOUNDARY}--\r\n`;
}

interface Payload {
  readonly body?: string;
  readonly type?: string | undefined;
  readonly query?: string;
}

function payloadOf(step: Step, memory: Memory): Payload {
  if (step.raw !== undefined)
    return { body: fill(step.raw, memory) + "x".repeat(step.fill ?? 0), type: step.type };
  if (step.multipart)
    return { body: multipartBody(step.multipart), type: `multipart/form-data; boundary=${BOUNDARY}` };
  if (!step.form || Object.keys(step.form).length === 0) return {};
  const text = encoded(step.form, memory);
  if (["GET", "DELETE", "HEAD"].includes(step.method)) return { query: text };
  return { body: text, type: "application/x-www-form-urlencoded" };
}

function lengthHeaders(step: Step, body: string | undefined): Headers {
  if (step.chunked) return { "transfer-encoding": "chunked" };
  if (body !== undefined) return { "content-length": String(Buffer.byteLength(body)) };
  return ["GET", "HEAD"].includes(step.method) ? {} : { "content-length": "0" };
}

/** The HTTP request of a step. */
export function requestOf(step: Step, memory: Memory): SimulatorRequest {
  const { body, type, query } = payloadOf(step, memory);
  const path = fill(step.path, memory, encodeURIComponent);
  const whole = path.startsWith("!") ? path.slice(1) : `/api2/json${path}`;
  return {
    method: step.method,
    target: query ? `${whole}${whole.includes("?") ? "&" : "?"}${query}` : whole,
    headers: {
      ...authorization(step.auth ?? "token", memory),
      ...lengthHeaders(step, body),
      ...(type && { "content-type": type }),
      ...step.headers,
    },
    body,
  };
}
