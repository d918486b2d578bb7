import type { WireRequest } from "./transport.ts";

type Value = string | number | boolean | readonly string[] | undefined;

/** A call: `path` is a template of Proxmox's own (`/nodes/{node}/tasks`), every value is encoded. */
export interface Call {
  readonly method: WireRequest["method"];
  readonly path: string;
  readonly at?: Readonly<Record<string, string | number>>;
  readonly params?: Readonly<Record<string, Value>>;
}

const READ_MS = 20_000;
/** Longer than the 30 s after which pveproxy gives a call up, so that Proxmox speaks first. */
const WRITE_MS = 35_000;

function encode(params: Call["params"]): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value])
      form.append(name, one === true ? "1" : one === false ? "0" : String(one));
  }
  return form.toString();
}

/** The call as it goes on the wire: parameters of GET and DELETE in the query, others as a form. */
export function toWire(call: Call): WireRequest {
  const path = call.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = call.at?.[name];
    if (value === undefined || value === "") throw new Error(`the path ${call.path} has no ${name}`);
    return encodeURIComponent(value);
  });
  const form = encode(call.params);
  const inBody = call.method === "POST" || call.method === "PUT";
  const target = inBody || form === "" ? path : `${path}?${form}`;
  return {
    method: call.method,
    target,
    ...(inBody ? { body: form } : {}),
    timeoutMs: call.method === "GET" ? READ_MS : WRITE_MS,
  };
}
