import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { factsOf, VERSIONS, type Facts, type Property } from "./index.ts";

const OUTPUT = join(import.meta.dirname, "../../../core/proxmox/types/options.ts");

/** What is no option of the guest, or opens the host to whoever may set it. */
const LEFT_OUT = {
  qemu: new Set(
    (
      "node vmid pool start archive force unique storage bwlimit live-restore import-working-storage template freeze lock " +
      "args hookscript skiplock bootdisk cdrom smp description tags ide[n] sata[n] scsi[n] virtio[n] net[n] unused[n] efidisk0 parallel[n]"
    ).split(" "),
  ),
  lxc: new Set(
    "node vmid pool start force unique storage bwlimit restore template lock hookscript description tags mp[n] net[n] unused[n] dev[n]".split(
      " ",
    ),
  ),
};

interface Known {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly length?: number;
  readonly pattern?: string;
  readonly first?: string;
  readonly keys?: Readonly<Record<string, Known>>;
}

const widest = (all: readonly (number | undefined)[], pick: (...numbers: number[]) => number) =>
  all.every((one) => one !== undefined) ? pick(...all) : undefined;

/** Perl's `(?^:` is `(?:` to JavaScript. */
const patternOf = (all: readonly Property[]) => {
  const patterns = new Set(all.map(({ pattern }) => pattern?.replaceAll("(?^:", "(?:")));
  return patterns.size === 1 ? [...patterns][0] : undefined;
};

function limitsOf(all: readonly Property[]): Known {
  const types = new Set(all.map(({ type }) => type ?? "string"));
  const [type = "string"] = types.size === 1 ? types : [];
  const words = all.every((one) => one.enum) ? [...new Set(all.flatMap((one) => one.enum ?? []))] : undefined;
  const found = {
    type: type === "string" ? undefined : type,
    enum: words,
    min: type === "string" ? undefined : widest(all.map(({ min }) => min), Math.min),
    max: type === "string" ? undefined : widest(all.map(({ max }) => max), Math.max),
    length: widest(all.map(({ maxLength }) => maxLength), Math.max),
    pattern: patternOf(all),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The keys of a property string, as those versions have them that take it apart. */
function keysOf(all: readonly { facts: Facts; property: Property }[]): Known {
  const formats = all.flatMap(({ facts, property }) =>
    typeof property.format === "number" ? [facts.formats[property.format] ?? {}] : [],
  );
  if (formats.length < all.length) return {};
  const names = [...new Set(formats.flatMap((format) => Object.keys(format)))].toSorted();
  const keys = names.map((name) => [name, limitsOf(formats.flatMap((format) => format[name] ?? []))]);
  const first = formats.flatMap((format) => Object.keys(format).find((name) => format[name]?.defaultKey) ?? [])[0];
  return { ...(first === undefined ? {} : { first }), keys: Object.fromEntries(keys) };
}

/** The options with which a guest of this type can be made. */
function optionsOf(type: keyof typeof LEFT_OUT): string {
  const path = `/nodes/{node}/${type}`;
  const versions = VERSIONS.map((version) => {
    const facts = factsOf(version);
    const endpoint = facts.endpoints.find((one) => one.method === "POST" && one.path === path);
    return { facts, params: endpoint?.params ?? {} };
  });
  const names = [...new Set(versions.flatMap(({ params }) => Object.keys(params)))].toSorted();
  const rows = names
    .filter((name) => !LEFT_OUT[type].has(name))
    .map((name) => {
      const all = versions.flatMap(({ facts, params }) => {
        const property = params[name];
        return property ? [{ facts, property }] : [];
      });
      const known = { ...limitsOf(all.map(({ property }) => property)), ...keysOf(all) };
      return `  ${JSON.stringify(name)}: ${JSON.stringify(known)},`;
    });
  return `{\n${rows.join("\n")}\n}`;
}

const generate = () => `// Made by local/proxmox/facts/options.ts of the facts of ${VERSIONS.join(", ")}; do not edit.

/** What an option of a guest may be: the widest of all versions. \`first\` is the key that a property string may leave out. */
export interface Known {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly length?: number;
  readonly pattern?: string;
  readonly first?: string;
  readonly keys?: Readonly<Record<string, Known>>;
}

/** The options of a VM beside its disks and network cards; \`usb[n]\` stands for usb0, usb1 and so on. */
export const OPTIONS: Readonly<Record<string, Known>> = ${optionsOf("qemu")};

/** The options of a container beside its mount points and network cards. */
export const CONTAINER_OPTIONS: Readonly<Record<string, Known>> = ${optionsOf("lxc")};
`;

const text = generate();
if (!process.argv.includes("--check")) writeFileSync(OUTPUT, text);
else if (readFileSync(OUTPUT, "utf8") !== text) {
  console.error("core/proxmox/types/options.ts is stale: run node local/proxmox/facts/options.ts");
  process.exitCode = 1;
}
