import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import { ClusterId, StorageId, Vmid } from "../lib/field.ts";
import { isUnmarked, MARKED } from "../lib/marker.ts";
import type { FieldError } from "../lib/fault.ts";
import { RateControl } from "../operation/index.ts";

/** What a DNS name is to Proxmox: labels of letters, digits and inner hyphens, parted by dots. */
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
export const DnsName = z
  .string()
  .max(253)
  .regex(new RegExp(`^${LABEL}(?:\\.${LABEL})*$`), "must be a DNS name such as web-07");

export const Node = z
  .string()
  .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/, "must be the name of a node");
export const Pool = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+){0,2}$/, "must be the id of a pool");
const Snapshot = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{1,39}$/, "must be the name of a snapshot");
/** Proxmox takes 8 KiB, of which the last line is ours. */
export const Description = z
  .string()
  .max(8000)
  .refine((text) => !/\p{Cc}/u.test(text.replaceAll(/[\t\n\r]/g, "")), "must not hold control characters")
  .refine(isUnmarked, MARKED);

/** `vmid` is the source; what is left out is Proxmox's own default, and the new VMID the lowest free one. */
export const CloneInput = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  newVmid: z.number().int().min(100).max(999_999_999).optional(),
  name: DnsName.optional(),
  node: Node.optional(),
  full: z.boolean().optional(),
  storage: StorageId.optional(),
  format: z.enum(["raw", "qcow2", "vmdk"]).optional(),
  pool: Pool.optional(),
  snapshot: Snapshot.optional(),
  description: Description.optional(),
  override: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});
export type CloneInput = z.infer<typeof CloneInput>;

/** Whether all of the disks are copied: a template is linked to unless a copy is asked for, anything else cannot be. */
export const isFull = (input: Pick<CloneInput, "full">, source: Pick<Guest, "template">) =>
  input.full ?? !source.template;

/** What is wrong with an input for this source in a cluster of these nodes. Pure. */
export function complaintsOf(input: CloneInput, source: Guest, nodes: readonly string[]): FieldError[] {
  const found: FieldError[] = [];
  const complain = (field: string, detail: string) =>
    found.push({ pointer: `/${field}`, code: "invalid", detail });
  const linked = !isFull(input, source);
  if (linked && input.storage !== undefined)
    complain("storage", "needs full: true; a linked clone lies where its template is");
  if (linked && input.format !== undefined)
    complain("format", "needs full: true; a linked clone has the format of its template");
  if (source.type === "lxc" && input.format !== undefined)
    complain("format", "is for VMs only; the disks of a container have none");
  if (input.node !== undefined && !nodes.includes(input.node))
    complain("node", `is no node of cluster ${source.cluster}; it has ${nodes.join(", ")}`);
  return found;
}
