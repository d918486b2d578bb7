import * as z from "zod";
import { orShown } from "../lib/late-validation.ts";
import { isUnmarked, MARKED } from "../lib/marker.ts";
import type { ConfigView } from "./config-view.ts";

const MIB = 1024 ** 2;
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

const Memory = (least: number) =>
  z
    .number()
    .int()
    .min(least)
    .max(2 ** 44)
    .multipleOf(MIB, "must be whole mebibytes (1048576 bytes)");

const CPU = {
  type: z
    .string()
    .max(64)
    .regex(/^[a-zA-Z][\w.-]*$/, "must be a CPU type such as host")
    .nullable(),
  sockets: z.number().int().min(1).max(128),
  cores: z.number().int().min(1).max(8192).nullable(),
  limit: z.number().min(0).max(8192).nullable(),
  units: z.number().int().min(1).max(500_000).nullable(),
};

const Boot = z
  .string()
  .regex(/^(?:ide|sata|scsi|virtio|net|usb|hostpci)\d{1,3}$/, "must be a device such as scsi0");

/** What may be changed of a configuration; null brings back Proxmox's own default. Tags, disks and networks have calls of their own. */
export const FIELDS = {
  name: z
    .string()
    .max(253)
    .regex(new RegExp(`^${LABEL}(?:\\.${LABEL})*$`), "must be a DNS name such as web-07")
    .nullable(),
  description: z
    .string()
    .max(8192)
    .refine((text) => !/\p{Cc}/u.test(text.replaceAll(/[\t\n\r]/g, "")), "must not hold control characters")
    .refine(isUnmarked, MARKED)
    .nullable(),
  cpu: z.strictObject(CPU).partial(),
  memoryBytes: Memory(16 * MIB),
  balloonBytes: Memory(0).nullable(),
  agent: z.boolean(),
  boot: z.array(Boot).max(30),
  onBoot: z.boolean(),
  protection: z.boolean(),
};

/** What is said of a configuration that is shown so: what is shown is taken back, whatever it is. */
export const ConfigChange = ({ name, description, cpu, memoryBytes, balloonBytes, boot }: ConfigView) =>
  z
    .object({
      name: orShown(FIELDS.name, name),
      description: z.preprocess(
        (text) => (typeof text === "string" ? text.trimEnd() : text),
        orShown(FIELDS.description, description),
      ),
      cpu: z
        .strictObject({
          type: orShown(CPU.type, cpu.type),
          sockets: orShown(CPU.sockets, cpu.sockets),
          cores: orShown(CPU.cores, cpu.cores),
          limit: orShown(CPU.limit, cpu.limit),
          units: orShown(CPU.units, cpu.units),
        })
        .partial(),
      memoryBytes: orShown(FIELDS.memoryBytes, memoryBytes),
      balloonBytes: orShown(FIELDS.balloonBytes, balloonBytes),
      agent: FIELDS.agent,
      boot: orShown(FIELDS.boot, boot),
      onBoot: FIELDS.onBoot,
      protection: FIELDS.protection,
    })
    .partial();
export type ConfigChange = z.infer<ReturnType<typeof ConfigChange>>;
