import type { FieldError } from "../lib/fault.ts";
import { freeDrive } from "./cloud-init-drive.ts";
import { cloudInitOptions } from "./cloud-init-options.ts";
import { driveOption, isGrown, toDrives, type Drive } from "./create-disk.ts";
import { MIB, parts, present, tagList } from "./create-field.ts";
import type { Cpu, VmInput } from "./create-input.ts";
import { networkErrors, networkOption } from "./create-network.ts";
import { optionErrors } from "./create-options.ts";
import { storageOf, vmNeeds } from "./create-place.ts";
import type { Spelled } from "./create-spelled.ts";
import { todosOf } from "./create-todo.ts";

const ISO_DRIVE = "ide2";

/** The options of processors. */
export const cpuOptions = ({ type, flags, sockets, cores, numa, limit, units }: Cpu) => ({
  cpu:
    type === undefined && flags === undefined
      ? undefined
      : [type ?? "kvm64", ...parts({ flags: flags?.join(";") })].join(","),
  sockets,
  cores,
  numa,
  cpulimit: limit,
  cpuunits: units,
});

function firmwareOptions({ firmware, disks }: VmInput) {
  const { type, secureBoot } = firmware;
  const storage = firmware.storage ?? disks[0]?.storage;
  const errors: FieldError[] = [];
  const complain = (field: string, detail: string) =>
    errors.push({ pointer: `/firmware/${field}`, code: "invalid", detail });
  if (type === "bios" && secureBoot) complain("secureBoot", "needs the type uefi");
  if (type === "bios") return { options: {}, errors };
  if (storage === undefined) complain("storage", "is needed: the settings of UEFI are kept on a disk");
  const keys = parts({ efitype: "4m", "pre-enrolled-keys": secureBoot });
  return { options: { bios: "ovmf", efidisk0: [`${storage}:1`, ...keys].join(",") }, errors };
}

/** The order of boot that is asked for, else disks first, then the ISO, then the network. */
function bootOptions({ boot, iso, networks, options }: VmInput, drives: readonly Drive[]) {
  const devices = [
    ...drives.map(({ name }) => name),
    ...(iso === undefined ? [] : [ISO_DRIVE]),
    ...networks.map((_, at) => `net${at}`),
  ];
  const there = new Set([...devices, ...Object.keys(options)]);
  const errors = (boot ?? []).flatMap((device, at): FieldError[] =>
    there.has(device)
      ? []
      : [{ pointer: `/boot/${at}`, code: "invalid", detail: "is no device of this guest" }],
  );
  const first = [
    drives[0]?.name,
    iso === undefined ? undefined : ISO_DRIVE,
    networks.length > 0 ? "net0" : undefined,
  ];
  const order = boot ?? first.filter((device) => device !== undefined);
  return { boot: order.length > 0 ? `order=${order.join(";")}` : undefined, errors };
}

function driveErrors({ balloonBytes, memoryBytes }: VmInput): FieldError[] {
  return balloonBytes !== undefined && balloonBytes > memoryBytes
    ? [{ pointer: "/balloonBytes", code: "invalid", detail: "must not be more than memoryBytes" }]
    : [];
}

/** What cloud-init needs beside its options: a drive, on the storage of the first disk. */
function cloudInitOf({ cloudInit, disks }: VmInput, taken: readonly string[]) {
  if (!cloudInit) return { options: {}, secret: {}, errors: [] };
  const { open, secret } = cloudInitOptions(cloudInit);
  const storage = disks[0]?.storage;
  const detail = "needs a disk, on whose storage its drive can be";
  if (storage === undefined)
    return { options: {}, secret, errors: [{ pointer: "/cloudInit", code: "invalid", detail }] };
  return { options: { ...open, [freeDrive(taken)]: `${storage}:cloudinit,media=cdrom` }, secret, errors: [] };
}

const namedIn = ({ disks, firmware, iso }: VmInput): Spelled["named"] => [
  ...disks.map(({ storage }, at) => ({ pointer: `/disks/${at}/storage`, storage })),
  ...disks.flatMap(({ importFrom }, at) =>
    importFrom === undefined ? [] : [{ pointer: `/disks/${at}/importFrom`, storage: storageOf(importFrom) }],
  ),
  ...(firmware.storage === undefined ? [] : [{ pointer: "/firmware/storage", storage: firmware.storage }]),
  ...(iso === undefined ? [] : [{ pointer: "/iso", storage: storageOf(iso) }]),
];

/** Puts what is wanted of a VM into Proxmox's words, or says what is wrong with it. Pure. */
export function spellVm(input: VmInput, ownerTag: string): Spelled {
  const { name, memoryBytes, balloonBytes, machine, iso, agent, protection, pool, networks } = input;
  const { drives, errors } = toDrives(input.disks, iso === undefined ? [] : [ISO_DRIVE]);
  const taken = [...drives.map((drive) => drive.name), ...(iso === undefined ? [] : [ISO_DRIVE])];
  const firmware = firmwareOptions(input);
  const cloudInit = cloudInitOf(input, taken);
  const { boot, errors: bootErrors } = bootOptions(input, drives);
  const scsi = drives.some(({ disk }) => disk.bus === "scsi") ? "virtio-scsi-single" : undefined;
  const options = present({
    scsihw: scsi,
    ...input.options,
    name,
    machine,
    boot,
    pool,
    ...cpuOptions(input.cpu),
    memory: memoryBytes / MIB,
    balloon: balloonBytes === undefined ? undefined : balloonBytes / MIB,
    agent: agent ? "1" : undefined,
    protection: (protection && !input.disks.some(isGrown)) || undefined,
    tags: tagList([ownerTag, ...input.tags]),
    ...firmware.options,
    ...(iso === undefined ? {} : { [ISO_DRIVE]: `${iso},media=cdrom` }),
    ...Object.fromEntries(drives.map((drive) => [drive.name, driveOption(drive)])),
    ...Object.fromEntries(networks.map((network, at) => [`net${at}`, networkOption(network)])),
    ...cloudInit.options,
  });
  const wrong = [...errors, ...firmware.errors, ...bootErrors, ...driveErrors(input), ...cloudInit.errors];
  const further = [...networkErrors(networks), ...optionErrors(input.options)];
  return {
    options,
    secret: cloudInit.secret,
    errors: [...wrong, ...further],
    needs: vmNeeds(input),
    named: namedIn(input),
    todo: todosOf(input, drives),
  };
}
