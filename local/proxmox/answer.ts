import { Reply } from "./call.ts";
import type { Version } from "./facts/index.ts";
import { PlainRefusal, type Refusal } from "./refusal.ts";
import type { SimulatorResponse } from "./request.ts";

const SERVER = { server: "pve-api-daemon/3.0", "cache-control": "max-age=0", pragma: "no-cache" };
const JSON_TYPE = "application/json;charset=UTF-8";

/** Only the first line of a text fits into a reason phrase. */
const firstLine = (text: string) => text.split("\n")[0] ?? "";

/** A success. Answers that pveproxy forwards carry both words, so that clients do not use the connection again. */
export function success(result: unknown, forwarded: boolean): SimulatorResponse {
  const reply = result instanceof Reply ? result : new Reply(result);
  const connection = forwarded ? { connection: "close, Keep-Alive" } : {};
  if (reply.text !== undefined)
    return {
      status: 200,
      reason: "OK",
      headers: { ...SERVER, ...connection, "content-type": "text/plain" },
      body: reply.text,
    };
  return {
    status: 200,
    reason: "OK",
    headers: { ...SERVER, ...connection, "content-type": JSON_TYPE },
    body: JSON.stringify({ ...reply.extra, data: reply.data ?? null }),
  };
}

/** A refusal: the text is the reason phrase; only versions from 8.3 on repeat it in the body. */
export function refused(refusal: Refusal, version: Version): SimulatorResponse {
  const { status, message, errors } = refusal;
  const head = { status, reason: firstLine(message) };
  if (refusal instanceof PlainRefusal) return { ...plain(status, firstLine(message)), body: `${message}\n` };
  if (refusal.empty) return { ...head, headers: { ...SERVER, connection: "close" }, body: "" };
  const repeated = Number(version) >= 8.3 ? { message: `${message}\n` } : {};
  return {
    ...head,
    headers: { ...SERVER, connection: "close", "content-type": JSON_TYPE },
    body: JSON.stringify({ data: null, ...repeated, ...(errors && { errors }) }),
  };
}

/** The same answer as the other formatter has it: always 200, with `success` in the body. */
export function extjs(response: SimulatorResponse): SimulatorResponse {
  if (
    response.status === 401 ||
    response.status >= 595 ||
    !response.headers["content-type"]?.includes("json")
  )
    return response;
  const body: unknown = JSON.parse(response.body);
  const ok = response.status === 200;
  const wrapped = Object.assign({ success: ok ? 1 : 0, ...(!ok && { status: response.status }) }, body);
  return { ...response, status: 200, reason: "OK", body: JSON.stringify(wrapped) };
}

/** Some refusals come before the API is reached: plain text, no JSON. */
export const plain = (status: number, reason: string): SimulatorResponse => ({
  status,
  reason,
  headers: { ...SERVER, connection: "close", "content-type": "text/plain" },
  body: reason,
});
