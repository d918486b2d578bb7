import { plain } from "./answer.ts";
import type { SimulatorResponse } from "./request.ts";

const MIB = 1024 ** 2;
const json = (body: string): SimulatorResponse => ({
  status: 200,
  reason: "OK",
  headers: { "content-type": "application/json;charset=UTF-8" },
  body,
});

/** Every value as another type than it should have. */
function twisted(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map(twisted) : {};
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, twisted(one)]));
  if (typeof value === "string") return { text: value };
  return typeof value === "number" ? [String(value)] : "null";
}

function twist({ body }: SimulatorResponse): SimulatorResponse {
  try {
    return json(JSON.stringify(twisted(JSON.parse(body))));
  } catch {
    return json('{"data":[[]]}');
  }
}

/** Answers that no honest Proxmox gives, made from the one it would have given. */
export const HOSTILE = {
  "deep-body": (_: SimulatorResponse, bytes: number) => {
    const depth = Math.floor(Math.min(bytes, 8 * 1024 ** 2) / 2);
    return json(`{"data":${"[".repeat(depth)}${"]".repeat(depth)}}`);
  },
  "huge-body": (_: SimulatorResponse, bytes: number) => json(`{"data":"${"x".repeat(bytes)}"}`),
  html: () => ({
    ...plain(200, "OK"),
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<!doctype html><html><body><h1>Welcome to nginx!</h1></body></html>",
  }),
  "wrong-types": twist,
  proto: () =>
    json(
      '{"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"status":"stopped"}}',
    ),
  "upid-traversal": () =>
    json('{"data":"UPID:../../../access/users:0000AAAA:00BBBBBB:66000000:qmstart:100/../..:root@pam:"}'),
  "broken-json": () => json('{"data":{"status":"run'),
} as const;

export type Hostility = keyof typeof HOSTILE;

/** How much `huge-body` sends when nothing is said. */
export const HUGE = 100 * MIB;
