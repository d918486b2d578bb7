import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { ask } from "./request.ts";
import { fields, flag, numeric } from "./wire.ts";

/** Where a guest is; `type` is a part of its path. */
export interface GuestPath {
  readonly node: string;
  readonly type: "qemu" | "lxc";
  readonly vmid: number;
}

/** The values of a guest's path. */
export const atGuest = ({ node, vmid }: GuestPath) => ({ node, vmid });

const Ha = z.object({ managed: flag.default(false), state: z.string().optional() });

const Current = fields<"GET /nodes/{node}/qemu/{vmid}/status/current">()({
  status: z.string(),
  name: z.string().optional(),
  lock: z.string().optional(),
  tags: z.string().optional(),
  qmpstatus: z.string().optional(),
  ha: Ha.optional().catch(undefined),
  agent: flag.optional(),
  template: flag.optional(),
  uptime: numeric.optional(),
  cpu: numeric.optional(),
  cpus: numeric.optional(),
  mem: numeric.optional(),
  maxmem: numeric.optional(),
  maxdisk: numeric.optional(),
  netin: numeric.optional(),
  netout: numeric.optional(),
  diskread: numeric.optional(),
  diskwrite: numeric.optional(),
});

/** A guest as its own node sees it; bytes since its start, uptime in seconds. */
export type Current = z.infer<typeof Current>;

/** What the guest does at this moment, asked of its own node. */
export const current = (proxmox: Proxmox, guest: GuestPath) =>
  proxmox.call(ask(`GET /nodes/{node}/${guest.type}/{vmid}/status/current`, atGuest(guest)), Current);

/** MiB: a number up to 8.0, then a property string whose first key may be left out. */
const memory = z
  .union([z.number(), z.string()])
  .transform((value) => Number(/^(?:current=)?(\d+)(?:,|$)/.exec(String(value))?.[1]))
  .refine(Number.isSafeInteger);

const Config = z.looseObject({
  digest: z.string(),
  memory: memory.optional(),
  description: z.string().optional(),
  lock: z.string().optional(),
  tags: z.string().optional(),
});

/** The configuration as Proxmox keeps it, with its digest; `memory` in MiB. That of a snapshot where one is named. */
export const config = (proxmox: Proxmox, guest: GuestPath, snapshot?: string) =>
  proxmox.call(ask(`GET /nodes/{node}/${guest.type}/{vmid}/config`, atGuest(guest), { snapshot }), Config);
