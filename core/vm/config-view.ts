import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import { listed } from "../lib/list.ts";
import { unmarked } from "../lib/marker.ts";
import { isOn, numberOf, partsOf, type PendingRow, type Texts, textsOf } from "../proxmox/index.ts";
import { CloudInitView, cloudInitOf, isCloudInit } from "./config-cloud-init.ts";
import { Network, networksOf } from "./config-networks.ts";
import { Disk, disksOf } from "../disk/index.ts";

const MIB = 1024 ** 2;

/** The configuration of a guest as it will be from its next start on; `pending` says what is still different. */
export const ConfigView = z.object({
  name: z.string().nullable(),
  /** Without the line by which Moxxie knows the guests that it made. */
  description: z.string(),
  cpu: z.object({
    type: z.string().nullable(),
    sockets: z.number(),
    cores: z.number().nullable(),
    limit: z.number().nullable(),
    units: z.number().nullable(),
  }),
  memoryBytes: z.number(),
  balloonBytes: z.number().nullable(),
  disks: z.array(Disk),
  networks: z.array(Network),
  boot: z.array(z.string()),
  firmware: z.enum(["bios", "uefi"]).nullable(),
  machine: z.string().nullable(),
  osType: z.string().nullable(),
  agent: z.boolean(),
  onBoot: z.boolean(),
  protection: z.boolean(),
  cloudInit: CloudInitView.nullable(),
  /** All that has no field of its own, as Proxmox writes it. */
  options: z.record(z.string(), z.string()),
  pending: z.array(z.object({ key: z.string(), now: z.string().nullable(), next: z.string().nullable() })),
});
export type ConfigView = z.infer<typeof ConfigView>;

/** May hold passwords, whatever else they are for. */
const SECRET = new Set(["cipassword", "args", "env"]);
/** Shown in a field of their own, or no part of the configuration. */
const SHOWN = new Set(
  (
    "name hostname description cpu sockets cores cpulimit cpuunits memory balloon boot bios machine ostype agent " +
    "onboot protection digest tags lock template parent snaptime snapstate"
  ).split(" "),
);

function shown(key: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (key === "description") return unmarked(text);
  return SECRET.has(key) || key === "sshkeys" ? "[redacted]" : text;
}

function pendingOf(rows: readonly PendingRow[]): ConfigView["pending"] {
  return rows
    .filter(({ pending, delete: gone = 0 }) => pending !== undefined || gone !== 0)
    .map(({ key, value, pending }) => ({ key, now: shown(key, value), next: shown(key, pending) }));
}

function optionsOf(texts: Texts, type: Guest["type"]): ConfigView["options"] {
  const known = (key: string) =>
    SHOWN.has(key) ||
    SECRET.has(key) ||
    (type === "qemu" && isCloudInit(key)) ||
    /^(?:net|ide|sata|scsi|virtio|efidisk|tpmstate|mp|unused)\d+$|^rootfs$/.test(key);
  return Object.fromEntries(Object.entries(texts).filter(([key]) => !known(key)));
}

/** MiB in a configuration, as bytes. */
const mebibytes = (text: string | undefined) => {
  const [, digits] = /^(?:current=)?(\d+)/.exec(text ?? "") ?? [];
  return digits === undefined ? null : Number(digits) * MIB;
};

/** The devices to boot from, in their order; before 6.3 Proxmox named them by letters. */
const bootOf = (text: string | undefined) => listed(partsOf(text ?? "").get("order"));

const firmwareOf = ({ bios }: Texts, type: Guest["type"]) =>
  type === "lxc" ? null : bios === "ovmf" ? ("uefi" as const) : ("bios" as const);

/** Whether the guest agent is expected to run. */
export const hasAgent = ({ agent = "" }: Texts) => {
  const parts = partsOf(agent);
  return isOn(parts.get("") ?? parts.get("enabled"));
};

/** A configuration taken apart. */
export function toConfigView(rows: readonly PendingRow[], type: Guest["type"]): ConfigView {
  const texts = textsOf(rows);
  const cpu = partsOf(texts["cpu"] ?? "");
  return {
    name: texts["name"] ?? texts["hostname"] ?? null,
    description: unmarked(texts["description"]),
    cpu: {
      type: cpu.get("") ?? cpu.get("cputype") ?? null,
      sockets: numberOf(texts["sockets"]) ?? 1,
      cores: numberOf(texts["cores"]) ?? (type === "qemu" ? 1 : null),
      limit: numberOf(texts["cpulimit"]),
      units: numberOf(texts["cpuunits"]),
    },
    memoryBytes: mebibytes(texts["memory"]) ?? 512 * MIB,
    balloonBytes: mebibytes(texts["balloon"]),
    disks: disksOf(texts),
    networks: networksOf(texts),
    boot: bootOf(texts["boot"]),
    firmware: firmwareOf(texts, type),
    machine: texts["machine"] ?? null,
    osType: texts["ostype"] ?? null,
    agent: hasAgent(texts),
    onBoot: isOn(texts["onboot"]),
    protection: isOn(texts["protection"]),
    cloudInit: type === "qemu" ? cloudInitOf(texts) : null,
    options: optionsOf(texts, type),
    pending: pendingOf(rows),
  };
}
