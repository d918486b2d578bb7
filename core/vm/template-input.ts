import * as z from "zod";
import { StorageId } from "../lib/field.ts";
import { VmRef } from "../inventory/index.ts";
import { Bytes, MIB, Tags } from "./create-field.ts";
import { Balloon, Cpu, Memory, Newborn } from "./create-input.ts";
import { Network } from "./create-network.ts";

/** What is left out stays as the template has it, apart from its tags; a linked clone is made unless `full`. */
export const TemplateInput = z.strictObject({
  ...Newborn,
  template: VmRef,
  full: z.boolean().optional(),
  storage: StorageId.optional(),
  format: z.enum(["raw", "qcow2", "vmdk"]).optional(),
  cpu: Cpu.default({}),
  memoryBytes: Memory.optional(),
  balloonBytes: Balloon.optional(),
  networks: z.array(Network).max(32).default([]),
  agent: z.boolean().optional(),
  protection: z.boolean().optional(),
  /** Disks that grow, by name. */
  resize: z
    .record(z.string().regex(/^(?:ide|sata|scsi|virtio)\d{1,2}$/, "must be a disk such as scsi0"), Bytes(MIB))
    .default({}),
  tags: Tags,
});
export type TemplateInput = z.infer<typeof TemplateInput>;
