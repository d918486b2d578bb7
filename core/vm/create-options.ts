import * as z from "zod";
import type { FieldError } from "../lib/fault.ts";
import { OPTIONS, type KnownOption } from "../proxmox/index.ts";

/** Further options of a VM by Proxmox's own names. */
export const Further = z
  .record(z.string().max(40), z.union([z.string().max(4096), z.number(), z.boolean()]))
  .default({});
type Value = string | number | boolean;

/** Options that have a field of their own, and its name: one way to say a thing. */
const FIELDS: Readonly<Record<string, string>> = {
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

const COUNTED = /^([a-z]+)\d{1,3}$/;

/** The name under which the facts know an option: its own, or that of its kind. */
function nameOf(option: string): string | undefined {
  if (Object.hasOwn(OPTIONS, option)) return option;
  const kind = `${COUNTED.exec(option)?.[1]}[n]`;
  return Object.hasOwn(OPTIONS, kind) ? kind : undefined;
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

/** What is wrong with a value, as far as the facts tell; undefined when nothing is. */
function complaintOf(known: KnownOption, value: Value): string | undefined {
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
export function optionErrors(options: Readonly<Record<string, Value>>): FieldError[] {
  return Object.entries(options).flatMap(([option, value]): FieldError[] => {
    const pointer = `/options/${option.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const name = nameOf(option);
    if (name === undefined)
      return [{ pointer, code: "unknown", detail: "is no option of a VM that can be set here" }];
    const field = FIELDS[name];
    if (field !== undefined) return [{ pointer, code: "invalid", detail: `is set by the field ${field}` }];
    const detail = complaintOf(OPTIONS[name] ?? {}, value);
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
