import * as z from "zod";
import type { FieldError } from "../lib/fault.ts";
import { CONTAINER_OPTIONS, OPTIONS, type KnownOption } from "../proxmox/index.ts";

/** Further options of a guest by Proxmox's own names. */
export const Further = z
  .record(z.string().max(40), z.union([z.string().max(4096), z.number(), z.boolean()]))
  .default({});
type Value = string | number | boolean;

/** What can be set of a guest: `fields` are options that have a field of their own, and its name. */
interface Table {
  readonly noun: string;
  readonly known: Readonly<Record<string, KnownOption>>;
  readonly fields: Readonly<Record<string, string>>;
}

const OF_VM = {
  name: "name",
  memory: "memoryBytes",
  balloon: "balloonBytes",
  cpu: "cpu.type",
  cores: "cpu.cores",
  sockets: "cpu.sockets",
  numa: "cpu.numa",
  cpulimit: "cpu.limit",
  cpuunits: "cpu.units",
  machine: "machine",
  bios: "firmware",
  boot: "boot",
  agent: "agent",
  protection: "protection",
  ciuser: "cloudInit",
  cipassword: "cloudInit",
  sshkeys: "cloudInit",
  "ipconfig[n]": "cloudInit",
  nameserver: "cloudInit",
  searchdomain: "cloudInit",
  citype: "cloudInit",
  ciupgrade: "cloudInit",
};

const OF_CONTAINER = {
  hostname: "name",
  ostemplate: "osTemplate",
  memory: "memoryBytes",
  swap: "swapBytes",
  cores: "cpu.cores",
  cpulimit: "cpu.limit",
  cpuunits: "cpu.units",
  rootfs: "rootfs",
  features: "features",
  unprivileged: "unprivileged",
  nameserver: "dns.servers",
  searchdomain: "dns.searchDomain",
  password: "password",
  "ssh-public-keys": "sshKeys",
  protection: "protection",
};

/** One way to say a thing, for each type of guest. */
const TABLES: Readonly<Record<"qemu" | "lxc", Table>> = {
  qemu: { noun: "VM", known: OPTIONS, fields: OF_VM },
  lxc: { noun: "container", known: CONTAINER_OPTIONS, fields: OF_CONTAINER },
};

const COUNTED = /^([a-z]+)\d{1,3}$/;

/** The name under which the facts know an option: its own, or that of its kind. */
function nameOf({ known }: Table, option: string): string | undefined {
  if (Object.hasOwn(known, option)) return option;
  const kind = `${COUNTED.exec(option)?.[1]}[n]`;
  return Object.hasOwn(known, kind) ? kind : undefined;
}

/** What is wrong with a value that is no text. */
function untyped(type: string, value: Value): string | undefined {
  if (type === "boolean")
    return [true, false, 0, 1, "0", "1"].includes(value) ? undefined : "must be true or false";
  const number = typeof value === "boolean" ? Number.NaN : Number(value);
  if (!Number.isFinite(number) || value === "") return "must be a number";
  return type === "integer" && !Number.isInteger(number) ? "must be a whole number" : undefined;
}

function beyond({ min, max, length }: KnownOption, value: Value): string | undefined {
  if (min !== undefined && Number(value) < min) return `must be at least ${min}`;
  if (max !== undefined && Number(value) > max) return `must be at most ${max}`;
  return length !== undefined && String(value).length > length
    ? `must have at most ${length} characters`
    : undefined;
}

/** The parts of a property string; the first one may come without its key. */
function unknownPart({ keys = {}, first }: KnownOption, text: string): string | undefined {
  for (const part of text.split(",")) {
    const cut = part.indexOf("=");
    const key = cut < 0 ? first : part.slice(0, cut);
    if (key === undefined || !Object.hasOwn(keys, key))
      return `has no part ${cut < 0 ? part : part.slice(0, cut)}; it has ${Object.keys(keys).join(", ")}`;
    const wrong = complaintOf(keys[key] ?? {}, part.slice(cut + 1));
    if (wrong !== undefined) return `: ${key} ${wrong}`;
  }
  return undefined;
}

/** A volume that is there already may be another guest's, so only new ones are made. */
const NEW_VOLUME = /^(?:(?:file|volume)=)?[^:,=]+:\d+(?:\.\d+)?(?:,(?!import-from=)[^,]*)*$/;

/** What is wrong with a value, as far as the facts tell; undefined when nothing is. */
function complaintOf(known: KnownOption, value: Value): string | undefined {
  if (known.keys?.["import-from"] && !NEW_VOLUME.test(String(value)))
    return "must make a new volume, such as local-lvm:1";
  const mistyped = known.type === undefined ? undefined : untyped(known.type, value);
  if (mistyped !== undefined) return mistyped;
  const text = String(value);
  if (/\p{Cc}/u.test(text)) return "must not hold control characters";
  if (known.enum && !known.enum.includes(text)) return `must be one of ${known.enum.join(", ")}`;
  if (known.pattern !== undefined && !new RegExp(`^(?:${known.pattern})$`).test(text))
    return `must match ${known.pattern}`;
  return beyond(known, value) ?? (known.keys ? unknownPart(known, text) : undefined);
}

/** What is wrong with further options, by the facts of Proxmox's schema. Pure. */
export function optionErrors(
  options: Readonly<Record<string, Value>>,
  type: keyof typeof TABLES = "qemu",
): FieldError[] {
  const table = TABLES[type];
  return Object.entries(options).flatMap(([option, value]): FieldError[] => {
    const pointer = `/options/${option.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const name = nameOf(table, option);
    if (name === undefined)
      return [{ pointer, code: "unknown", detail: `is no option of a ${table.noun} that can be set here` }];
    const field = table.fields[name];
    if (field !== undefined) return [{ pointer, code: "invalid", detail: `is set by the field ${field}` }];
    const detail = complaintOf(table.known[name] ?? {}, value);
    return detail === undefined ? [] : [{ pointer, code: "invalid", detail }];
  });
}

/** What is wrong with options that the version of a cluster does not have. */
export const lackingErrors = (names: readonly string[]): FieldError[] =>
  names.map((name) => ({
    pointer: name === "ciupgrade" ? "/cloudInit/upgradePackages" : `/options/${name}`,
    code: "invalid",
    detail: "is not known to the version of Proxmox that this cluster runs",
  }));
