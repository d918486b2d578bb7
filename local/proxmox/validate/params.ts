import type { Endpoint, Facts, Property } from "../facts/index.ts";
import { invalid } from "../refusal.ts";
import type { RawParams } from "../request.ts";
import { checkObject } from "./check.ts";

/** How many of each numbered option there are: the schema only says `net[n]`. */
const LIMITS: Readonly<Record<string, number>> = {
  acmedomain: 6,
  dev: 256,
  hostpci: 16,
  ide: 4,
  ipconfig: 32,
  link: 8,
  mp: 256,
  net: 32,
  numa: 8,
  parallel: 3,
  sata: 6,
  scsi: 31,
  serial: 4,
  unused: 256,
  usb: 14,
  virtio: 16,
  virtiofs: 10,
};

/** The schema's name of an option: `net[n]` for `net0`, the name itself when it is not numbered. */
export function schemaName(properties: Readonly<Record<string, Property>>, name: string): string {
  if (name in properties) return name;
  const [, stem, digits] = /^([a-z]+)(\d{1,3})$/.exec(name) ?? [];
  if (!stem || !digits || String(Number(digits)) !== digits) return name;
  return Number(digits) < (LIMITS[stem] ?? 0) ? `${stem}[n]` : name;
}

/** Spells numbered options out for the names that were sent. */
function spelledOut(properties: Readonly<Record<string, Property>>, names: readonly string[]) {
  const plain = Object.entries(properties).filter(([name]) => !name.endsWith("[n]"));
  const numbered = names.flatMap((name) => {
    const property = properties[schemaName(properties, name)];
    return property ? [[name, property] as const] : [];
  });
  return Object.fromEntries([...plain, ...numbered]);
}

/** Holds the parameters against the schema of the call; throws the 400 that Proxmox would answer. */
export function validate(facts: Facts, endpoint: Endpoint, values: RawParams): void {
  const properties = spelledOut(endpoint.params, Object.keys(values));
  const errors = checkObject(facts, properties, values);
  if (endpoint.extraParams)
    for (const key of Object.keys(errors)) if (!(key in properties)) delete errors[key];
  if (Object.keys(errors).length > 0) throw invalid(errors);
}
