import * as z from "zod";
import type { ItemRow } from "../operation/index.ts";
import { Kept } from "../tag/index.ts";
import { config, ProxmoxError, type GuestPath, type Proxmox } from "../proxmox/index.ts";

/** Proxmox's clock may be a little behind ours. */
const MARGIN_MS = 5000;
/** Ours may have been wrong when it was sent: to a VMID that was free nobody else restores anything. */
const SKEW_MS = 125_000;

/** Since when the tasks of an item's request can be. */
export const sinceOf = (item: ItemRow) =>
  new Date(Date.parse(item.sentAt ?? "") - (detailOf(item).replaces ? MARGIN_MS : SKEW_MS));

const Move = z.object({ disk: z.string(), storage: z.string() });

const Failed = z.object({ state: z.enum(["failed", "cancelled"]), code: z.string(), reason: z.string() });

const Detail = z.object({
  step: z.enum(["restore", "tag", "move", "start", "end"]).default("restore"),
  volid: z.string(),
  /** The VMID that was asked for, and the one that it got. */
  newVmid: z.number().nullable(),
  vmid: z.number().exactOptional(),
  node: z.string(),
  storage: z.string().nullable(),
  /** Disks that go on to another storage, the first of them next. */
  moves: z.array(Move).default([]),
  pool: z.string().nullable(),
  unique: z.boolean(),
  /** Whether it replaces a guest. */
  replaces: z.boolean(),
  bandwidthBytes: z.number().nullable(),
  start: z.boolean(),
  ownerTag: z.string(),
  /** What the guest that is replaced had of the tags that rules go by. */
  keep: Kept.nullable().default(null),
  /** Whom the VMID means, by what no two guests share: the one that is replaced, then the one that was restored. */
  identity: z.string().exactOptional(),
  /** The task that wrote the guest, or the one that failed. */
  upid: z.string().exactOptional(),
  /** Why the guest is there, but not as it was wanted. */
  failed: Failed.exactOptional(),
});
export type Detail = z.infer<typeof Detail>;

/** What an item knows of its restoration. */
export const detailOf = (item: ItemRow): Detail => Detail.parse(item.detail);

/** The guest that it is about: the one that is replaced, or the new one once it has its VMID, where it is by now. */
export function guestOf(item: ItemRow): ItemRow["vm"] {
  const { vmid, newVmid, replaces, node } = detailOf(item);
  const number = vmid ?? newVmid;
  if (number === null || replaces) return item.vm;
  const { cluster, vmid: known, node: now } = item.vm;
  return { ...item.vm, id: `${cluster}/${number}`, vmid: number, node: known === number ? now : node };
}

/** Where that guest is. */
export const pathOf = (item: ItemRow): GuestPath => {
  const { node, type, vmid } = guestOf(item);
  return { node, type, vmid };
};

const KEYS = /^(?:name|hostname|smbios1|vmgenid|rootfs|net\d+)$/;

/** What tells a guest from another that got its VMID. Moves of its disks do not change it. */
export const identityOf = (config: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(
    Object.entries(config)
      .filter(([key]) => KEYS.test(key))
      .map(([key, value]) => [key, key === "rootfs" ? "" : value])
      .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );

const Named = z.object({ name: z.string().optional(), hostname: z.string().optional() });

/** The name of a guest by its configuration. */
export function nameOf(config: Readonly<Record<string, unknown>>): string | undefined {
  const { name, hostname } = Named.parse(config);
  return name ?? hostname;
}

/** Its configuration; undefined while there is none. */
export async function configOf(proxmox: Proxmox, item: ItemRow) {
  try {
    return await config(proxmox, pathOf(item));
  } catch (error) {
    if (error instanceof ProxmoxError && error.meaning === "moved") return undefined;
    throw error;
  }
}

/**
 * Whether a configuration that is there is whole. Proxmox holds `create` until all is written; any other lock is of
 * something that has to do with the guest since then.
 */
export const isWhole = (found: Readonly<Record<string, unknown>>): boolean => found["lock"] !== "create";

/** What a restore leaves that came to nothing: a guest that nobody can use, in place of one that is gone. */
export function leftBy(item: ItemRow, found: Readonly<Record<string, unknown>> = {}): string | undefined {
  const { id, vmid, node, type } = guestOf(item);
  const tool = type === "lxc" ? "pct" : "qm";
  const hasDisks = Object.keys(found).some((key) => /^(?:(?:scsi|virtio|sata|ide)\d+|rootfs)$/.test(key));
  const parts = [
    ...(detailOf(item).replaces && !hasDisks ? [`what ${id} held is lost`] : []),
    ...(isWhole(found)
      ? []
      : [`it is half made and locked: on ${node} run: ${tool} unlock ${vmid}; ${tool} destroy ${vmid}`]),
  ];
  return parts.length > 0 ? parts.join("; ") : undefined;
}
