import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import type { FieldError } from "../lib/fault.ts";
import { TARGET } from "./target.ts";
import type { Texts } from "../proxmox/index.ts";
import { hasAgent } from "./config-view.ts";

const MIB = 1024 ** 2;
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

const Memory = (least: number) =>
  z
    .number()
    .int()
    .min(least)
    .max(2 ** 44)
    .multipleOf(MIB, "must be whole mebibytes (1048576 bytes)");

const Cpu = z.strictObject({
  type: z
    .string()
    .max(64)
    .regex(/^[a-zA-Z][\w.-]*$/, "must be a CPU type such as host")
    .nullable()
    .optional(),
  sockets: z.number().int().min(1).max(128).optional(),
  cores: z.number().int().min(1).max(8192).nullable().optional(),
  limit: z.number().min(0).max(8192).nullable().optional(),
  units: z.number().int().min(8).max(500_000).nullable().optional(),
});

/** What may be changed of a configuration; null brings back Proxmox's own default. Tags, disks and networks have calls of their own. */
const FIELDS = {
  name: z
    .string()
    .max(253)
    .regex(new RegExp(`^${LABEL}(?:\\.${LABEL})*$`), "must be a DNS name such as web-07")
    .optional(),
  description: z
    .string()
    .max(8000)
    .refine((text) => !/\p{Cc}/u.test(text.replaceAll(/[\t\n\r]/g, "")), "must not hold control characters")
    .nullable()
    .optional(),
  cpu: Cpu.optional(),
  memoryBytes: Memory(16 * MIB).optional(),
  balloonBytes: Memory(0).nullable().optional(),
  agent: z.boolean().optional(),
  boot: z
    .array(
      z.string().regex(/^(?:ide|sata|scsi|virtio|net|usb|hostpci)\d{1,3}$/, "must be a device such as scsi0"),
    )
    .max(30)
    .optional(),
  onBoot: z.boolean().optional(),
  protection: z.boolean().optional(),
};

export const ConfigInput = z.strictObject({ ...TARGET, etag: z.string().max(64).optional(), ...FIELDS });
export type ConfigInput = z.infer<typeof ConfigInput>;

/** What is wrong with an input for a guest of this type. Pure. */
export function complaintsOf(input: ConfigInput, type: Guest["type"]): FieldError[] {
  const told = Object.keys(FIELDS).some((name) => Object.hasOwn(input, name));
  if (!told) return [{ pointer: "", code: "invalid", detail: "names nothing that is to be changed" }];
  if (type === "qemu") return [];
  const { cpu = {}, balloonBytes, agent, boot } = input;
  const unknown = { "cpu/type": cpu.type, "cpu/sockets": cpu.sockets, balloonBytes, agent, boot };
  return Object.entries(unknown)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => ({ pointer: `/${name}`, code: "invalid", detail: "is for VMs only" }));
}

const flag = (value: boolean | undefined) => (value === undefined ? undefined : String(Number(value)));
const inMebibytes = (bytes: number | null | undefined) =>
  typeof bytes === "number" ? String(bytes / MIB) : bytes;
const text = (value: string | number | null | undefined) =>
  typeof value === "number" ? String(value) : value;

/** The agent switched on or off, with its other settings as they are. */
function agentText(wanted: boolean | undefined, now: Texts): string | undefined {
  if (wanted === undefined || wanted === hasAgent(now)) return undefined;
  const others = (now["agent"] ?? "")
    .split(",")
    .filter((part) => part.includes("=") && !part.startsWith("enabled="));
  return [String(Number(wanted)), ...others].join(",");
}

/** The CPU of another type, with its other settings as they are. */
function cpuText(wanted: string | null | undefined, now: Texts): string | null | undefined {
  if (wanted === undefined) return undefined;
  const others = (now["cpu"] ?? "")
    .split(",")
    .filter((part) => part.includes("=") && !part.startsWith("cputype="));
  if (wanted === null) return others.length === 0 ? null : others.join(",");
  return [wanted, ...others].join(",");
}

/** The keys that Proxmox knows, with their new values; null for those that go. What already is so is left out. */
export function changesOf(
  input: ConfigInput,
  now: Texts,
  type: Guest["type"],
): Record<string, string | null> {
  const { cpu = {} } = input;
  const wanted: Record<string, string | null | undefined> = {
    [type === "lxc" ? "hostname" : "name"]: input.name,
    description: input.description === "" ? null : input.description,
    cpu: cpuText(cpu.type, now),
    sockets: text(cpu.sockets),
    cores: text(cpu.cores),
    cpulimit: text(cpu.limit),
    cpuunits: text(cpu.units),
    memory: inMebibytes(input.memoryBytes),
    balloon: inMebibytes(input.balloonBytes),
    agent: agentText(input.agent, now),
    boot: input.boot && `order=${input.boot.join(";")}`,
    onboot: flag(input.onBoot),
    protection: flag(input.protection),
  };
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([key, value]): [string, string | null][] =>
      value === undefined || value === (now[key] ?? null) ? [] : [[key, value]],
    ),
  );
}
