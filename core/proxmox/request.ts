import { ProxmoxError } from "./error.ts";
import type { Endpoint } from "./endpoints.ts";
import type { Kind, WireRequest } from "./transport.ts";
import type { Params } from "./types/generated.ts";
import { uploadComplaint, type Upload } from "./upload.ts";

type Value = string | number | boolean | readonly string[] | undefined;

/** A call: `path` is a template of Proxmox's own (`/nodes/{node}/tasks`), every value is encoded. */
export interface Call {
  readonly method: WireRequest["method"];
  readonly path: string;
  readonly at?: Readonly<Record<string, string | number>>;
  readonly params?: Readonly<Record<string, Value>>;
  readonly kind?: Kind;
  readonly upload?: Upload;
  /** In milliseconds: later than that it is not sent any more. */
  readonly before?: number;
}

type Names<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;

/** One of the calls that we make, with the values of its path and parameters that some version knows. */
export function ask<E extends Endpoint>(
  endpoint: E,
  at: Readonly<Record<Names<E>, string | number>>,
  params?: Params[E] & Readonly<Record<string, Value>>,
  more: Pick<Call, "kind" | "upload"> = {},
): Call {
  const method = METHODS.find((one) => endpoint.startsWith(`${one} `)) ?? "GET";
  const path = endpoint.slice(method.length + 1);
  return { method, path, at, ...(params === undefined ? {} : { params }), ...more };
}

/**
 * Milliseconds. Reads end before the gateway gives up at 29 s. Writes that pveproxy hands on get longer than the 30 s after which it gives them up, so that
 * Proxmox speaks first; an upload of some gigabytes takes minutes.
 */
const TIMEOUT_MS: Readonly<Record<Kind, number>> = {
  list: 20_000,
  read: 15_000,
  write: 35_000,
  agent: 35_000,
  scan: 25_000,
  upload: 900_000,
};

/** Texts that people write, and keys, one a line; they alone may hold line breaks. */
const FREE = new Set(["description", "notes", "notes-template", "comment", "ssh-public-keys"]);
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Refused before anything is sent; the value is not repeated, for it may be a secret. */
const refuse = (call: Call, reason: string) =>
  new ProxmoxError("permanent", { path: call.path, status: 400, reason: `${reason}; nothing was sent` });

/** Proxmox lets a line break at the end of a name through, and its configs are files of lines. */
function text(call: Call, name: string, value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  const written = String(value);
  const broken = FREE.has(name) ? written.replaceAll(/[\t\n\r]/g, "") : written;
  if (/\p{Cc}/u.test(broken)) throw refuse(call, `${name} holds a control character`);
  return written;
}

function encode(call: Call): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(call.params ?? {})) {
    if (value === undefined) continue;
    if (!NAME.test(name)) throw refuse(call, "the name of a parameter is none");
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, text(call, name, one));
  }
  return form.toString();
}

/** Proxmox decodes a path before it routes it, so a slash or a dot segment would be another path, encoded or not. */
function segment(call: Call, name: string): string {
  const value = text(call, name, call.at?.[name] ?? "");
  if (value === "") throw refuse(call, `the path has no ${name}`);
  // A volume ends its path and may hold slashes; no part of it may lead elsewhere.
  const parts = name === "volume" ? value.split("/") : [value];
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("/")))
    throw refuse(call, `${name} cannot be a part of a path`);
  return encodeURIComponent(value);
}

/** The call as it goes on the wire: parameters of GET and DELETE in the query, others as a form. */
export function toWire(call: Call): WireRequest {
  const path = call.path.replace(/\{(\w+)\}/g, (_, name: string) => segment(call, name));
  const form = encode(call);
  const complaint = call.upload && uploadComplaint(call.upload);
  if (complaint) throw refuse(call, complaint);
  const inBody = !call.upload && (call.method === "POST" || call.method === "PUT");
  const target = inBody || form === "" ? path : `${path}?${form}`;
  const kind = call.kind ?? (call.method === "GET" ? "read" : "write");
  const node = call.at?.["node"];
  return {
    method: call.method,
    target,
    ...(inBody ? { body: form } : {}),
    ...(call.upload ? { upload: call.upload } : {}),
    ...(node === undefined ? {} : { node: String(node) }),
    kind,
    ...(call.before === undefined ? {} : { before: call.before }),
    timeoutMs: TIMEOUT_MS[kind],
  };
}
