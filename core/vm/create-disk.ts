import * as z from "zod";
import { StorageId } from "../lib/field.ts";
import type { FieldError } from "../lib/fault.ts";
import { Bytes, GIB, MIB, parts, Volume } from "./create-field.ts";

/** How many drives each bus takes. */
const SLOTS = { ide: 4, sata: 6, scsi: 31, virtio: 16 } as const;
const FORMATS = ["raw", "qcow2", "vmdk"] as const;
const CACHES = ["none", "writethrough", "writeback", "unsafe", "directsync"] as const;

/** A disk to be made, empty or out of a volume (`importFrom`), which is then grown to `sizeBytes` if that is given. */
export const Disk = z.strictObject({
  bus: z.enum(["scsi", "virtio", "sata", "ide"]).default("scsi"),
  slot: z.number().int().min(0).max(30).optional(),
  storage: StorageId,
  sizeBytes: Bytes(MIB).optional(),
  importFrom: Volume.optional(),
  format: z.enum(FORMATS).optional(),
  cache: z.enum(CACHES).optional(),
  aio: z.enum(["native", "threads", "io_uring"]).optional(),
  discard: z.boolean().optional(),
  ssd: z.boolean().optional(),
  iothread: z.boolean().optional(),
  backup: z.boolean().optional(),
  replicate: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  serial: z
    .string()
    .regex(/^[\w.-]{1,20}$/, "must be at most 20 letters, digits, . _ -")
    .optional(),
});
export type Disk = z.infer<typeof Disk>;

/** A disk with the name that its bus and slot give it, such as scsi0. */
export interface Drive {
  readonly name: string;
  readonly disk: Disk;
}

const complaint = (at: number, field: string, detail: string): FieldError => ({
  pointer: `/disks/${at}${field}`,
  code: "invalid",
  detail,
});

/** What a bus cannot do, and what is missing. */
function lacks(disk: Disk, at: number): FieldError[] {
  const { bus, iothread, ssd, readOnly, sizeBytes, importFrom } = disk;
  const found: FieldError[] = [];
  if (sizeBytes === undefined && importFrom === undefined)
    found.push(complaint(at, "/sizeBytes", "is needed for a disk that is not imported"));
  if (iothread && bus !== "scsi" && bus !== "virtio")
    found.push(complaint(at, "/iothread", "is for the buses scsi and virtio only"));
  if (ssd && bus === "virtio") found.push(complaint(at, "/ssd", "is not for the bus virtio"));
  if (readOnly && bus !== "scsi" && bus !== "virtio")
    found.push(complaint(at, "/readOnly", "is for the buses scsi and virtio only"));
  return found;
}

function slotOf(disk: Disk, taken: ReadonlySet<string>): string | undefined {
  const free = Array.from({ length: SLOTS[disk.bus] }, (_, slot) => `${disk.bus}${slot}`);
  if (disk.slot !== undefined) return free[disk.slot];
  return free.find((name) => !taken.has(name));
}

/**
 * Names the disks: slots that are asked for first, then the lowest that are left. `reserved` are drives that are there
 * for something else, such as the one of an ISO.
 */
export function toDrives(disks: readonly Disk[], reserved: readonly string[]) {
  const errors = disks.flatMap(lacks);
  const taken = new Set(reserved);
  const named = new Map<number, string>();
  const order = [...disks.entries()].toSorted(
    ([, a], [, b]) => Number(a.slot === undefined) - Number(b.slot === undefined),
  );
  for (const [at, disk] of order) {
    const name = slotOf(disk, taken);
    if (name === undefined)
      errors.push(complaint(at, "/slot", `bus ${disk.bus} has ${SLOTS[disk.bus]} slots`));
    else if (taken.has(name)) errors.push(complaint(at, "/slot", `${name} is taken by another drive`));
    else named.set(at, name);
    if (name !== undefined) taken.add(name);
  }
  const drives = disks.flatMap((disk, at): Drive[] => {
    const name = named.get(at);
    return name === undefined ? [] : [{ name, disk }];
  });
  return { drives, errors };
}

/** Whether a disk has to grow once it is there. */
export const isGrown = ({ importFrom, sizeBytes }: Disk) =>
  importFrom !== undefined && sizeBytes !== undefined;

/** The option that makes a disk. Proxmox counts in GiB there; an imported one is as large as what it comes from. */
export function driveOption({ disk }: Drive): string {
  const { storage, sizeBytes = 0, importFrom, discard, readOnly, format, cache, aio } = disk;
  const { ssd, iothread, backup, replicate, serial } = disk;
  const size = importFrom === undefined ? sizeBytes / GIB : 0;
  const rest = parts({
    "import-from": importFrom,
    format,
    cache,
    aio,
    discard: discard === undefined ? undefined : discard ? "on" : "ignore",
    ssd,
    iothread,
    backup,
    replicate,
    ro: readOnly,
    serial,
  });
  return [`${storage}:${size}`, ...rest].join(",");
}
