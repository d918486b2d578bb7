import * as z from "zod";
import { refusalOf } from "./answer.ts";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { ProxmoxError } from "./error.ts";
import { ask } from "./request.ts";
import type { Params } from "./types/generated.ts";
import { readConfigFile } from "./config-file.ts";
import type { Texts } from "./text.ts";

type Vzdump = Pick<
  Params["POST /nodes/{node}/vzdump"],
  | "vmid"
  | "storage"
  | "mode"
  | "compress"
  | "notes-template"
  | "protected"
  | "remove"
  | "bwlimit"
  | "fleecing"
>;

/**
 * Backs guests of one node up; the answer is the UPID. Where a guest lives on another node Proxmox says "OK" and
 * does nothing: that is the guest that has moved.
 */
export async function backUp(proxmox: Proxmox, node: string, params: Vzdump): Promise<string> {
  const call = ask("POST /nodes/{node}/vzdump", { node }, { ...params });
  const upid = await proxmox.call(call, z.union([begun, z.literal("OK")]));
  if (upid !== "OK") return upid;
  throw new ProxmoxError("moved", refusalOf(call, 200, "no guest that was asked for lives on this node"));
}

/** Every guest has options, each on a line of its own: an answer without any is no configuration. */
const File = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*: /m, "no configuration")
  .transform(readConfigFile);

/**
 * The configuration that a backup holds. It needs what a restore needs: `VM.Backup` on the guest that
 * was backed up, and `Datastore.AllocateSpace` on the storage.
 */
export const configIn = (proxmox: Proxmox, node: string, volume: string): Promise<Texts> =>
  proxmox.call(ask("GET /nodes/{node}/vzdump/extractconfig", { node }, { volume }), File);
