import * as z from "zod";
import { ClusterId, StorageId } from "../lib/field.ts";
import { Duration } from "../lib/duration.ts";
import { RateControl } from "../operation/index.ts";
import { Description, DnsName, Node, Pool } from "./clone-input.ts";
import { CloudInit } from "./cloud-init-input.ts";
import { Disk } from "./create-disk.ts";
import { Bytes, Iso, MIB, Tags } from "./create-field.ts";
import { Network } from "./create-network.ts";
import { Further } from "./create-options.ts";

export const Count = (most: number) => z.number().int().min(1).max(most);

/** Processors. `limit` is the share of host CPUs that may be used, `units` the weight against others. */
export const Cpu = z.strictObject({
  type: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be a CPU type such as host")
    .optional(),
  flags: z
    .array(z.string().regex(/^[+-][a-z0-9._-]{1,40}$/, "must be such as +aes or -pcid"))
    .max(40)
    .optional(),
  sockets: Count(16).optional(),
  cores: Count(1024).optional(),
  numa: z.boolean().optional(),
  limit: z.number().positive().max(128).optional(),
  units: Count(262_144).optional(),
});
export type Cpu = z.infer<typeof Cpu>;

/** Memory of a VM: Proxmox's least is 16 MiB; 0 takes its balloon away. */
export const Memory = Bytes(16 * MIB);
export const Balloon = z.union([z.literal(0), Bytes(MIB)]);

/** How long after its start a guest may take until its agent tells an address; 0 s does not wait at all. */
const Ready = Duration({ min: 0, max: 86_400 });

const Firmware = z.strictObject({
  type: z.enum(["bios", "uefi"]).default("bios"),
  secureBoot: z.boolean().default(false),
  storage: StorageId.optional(),
});

/** Fields of a new guest, whatever it is. */
export const NewGuest = {
  cluster: ClusterId,
  vmid: z.number().int().min(100).max(999_999_999).optional(),
  name: DnsName,
  node: Node.optional(),
  description: Description.optional(),
  pool: Pool.optional(),
  start: z.boolean().default(false),
  readyWithin: Ready.optional(),
  options: Further,
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
};

/** Fields of a new VM, whatever it is made of. */
export const Newborn = { ...NewGuest, cloudInit: CloudInit.optional() };

/** What is left out is Proxmox's own default; a node is chosen and the lowest free VMID taken. */
export const VmInput = z.strictObject({
  ...Newborn,
  type: z.literal("qemu").optional().default("qemu"),
  cpu: Cpu.default({}),
  memoryBytes: Memory,
  balloonBytes: Balloon.optional(),
  disks: z.array(Disk).max(57).default([]),
  networks: z.array(Network).max(32).default([]),
  firmware: Firmware.default({ type: "bios", secureBoot: false }),
  machine: z
    .string()
    .regex(
      /^(?:pc|q35|virt|pc-(?:i440fx|q35)-\d[\d.]*(?:\+pve\d+)?(?:\.pxe)?)$/,
      "must be a machine such as q35",
    )
    .optional(),
  boot: z
    .array(
      z.string().regex(/^(?:ide|sata|scsi|virtio|net|usb|hostpci)\d{1,2}$/, "must be a device such as scsi0"),
    )
    .max(32)
    .optional(),
  iso: Iso.optional(),
  agent: z.boolean().default(false),
  tags: Tags,
  protection: z.boolean().default(false),
});
export type VmInput = z.infer<typeof VmInput>;
