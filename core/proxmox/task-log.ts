import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { ask } from "./request.ts";
import type { Upid } from "./upid.ts";
import { fields } from "./wire.ts";

const Line = fields<"GET /nodes/{node}/tasks/{upid}/log">()({ t: z.string() });

/** Of a task that is in no index any more Proxmox before 9.0 tells one line that is in no list. */
const Lines = z.union([z.array(Line), Line.transform((line) => [line])]);

/** Lines of a task's log from `start` on. */
export async function taskLog(
  proxmox: Proxmox,
  upid: Upid,
  { start = 0, limit = 500 }: { readonly start?: number; readonly limit?: number } = {},
): Promise<string[]> {
  const path = { node: upid.node, upid: upid.text };
  const call = ask("GET /nodes/{node}/tasks/{upid}/log", path, { start, limit });
  return (await proxmox.call(call, Lines)).map(({ t }) => t);
}
