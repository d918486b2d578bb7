import { CPU_FLAGS, cpuFlags, NEW_CPU_FLAGS } from "./cpu-flags.ts";
import { sdnId, subnetId } from "./sdn-id.ts";
import { isAnyCidr, isCidr, isIp, isIpv4, isIpv6 } from "./address.ts";

/** Where a value stands: the name of its parameter and the version of the API. */
interface Place {
  readonly name: string;
  readonly version: string;
}

/** Says what is wrong with a value of a named format; nothing when it is right. */
type FormatCheck = (value: string, place: Place) => string | undefined;

/** What is said of a property that another one needs; 9 words it anew. */
export const required = (version: string, by: string) =>
  Number(version) >= 9
    ? `missing property required by '${by}'`
    : `missing property - '${by}' requires this property`;

const looksLike =
  (what: string, test: (value: string) => boolean): FormatCheck =>
  (value) =>
    test(value) ? undefined : `value does not look like a valid ${what}`;

const matches =
  (pattern: RegExp, complaint: (value: string) => string): FormatCheck =>
  (value) =>
    pattern.test(value) ? undefined : complaint(value);

const DNS = /^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;
const MAC = /^[a-f0-9][02468ace](:[a-f0-9]{2}){5}$/i;
const HOTPLUG = new Set(["network", "disk", "cpu", "memory", "usb", "cloudinit", "0", "1"]);

const isVmid = (value: string) => /^[1-9][0-9]{2,8}$/.test(value);
const isTimezone = (value: string) => value === "host" || /^[\w+-]+(\/[\w+-]+)*$/.test(value);

const CONTENTS = ["images", "rootdir", "vztmpl", "iso", "backup", "snippets", "none"];

/** What a directory may hold; disks of other makers may be imported from 8.3 on. */
const content: FormatCheck = (value, { version }) => {
  const known = Number(version) >= 8.3 ? [...CONTENTS, "import"] : CONTENTS;
  return known.includes(value) ? undefined : `invalid content type '${value}'`;
};

const hotplug: FormatCheck = (value) => {
  const wrong = value.split(/[,;\s]+/).find((feature) => feature && !HOTPLUG.has(feature));
  return wrong && `invalid hotplug feature '${wrong}'`;
};

const boot: FormatCheck = (value) => {
  if (/^[acdn]{1,4}$/.test(value)) return undefined;
  return value.split(",").every((part) => /^\s*$|^(order|legacy)=./.test(part))
    ? undefined
    : "missing key in comma-separated list property";
};

/** Addresses and gateways of a cloud-init network card; a gateway needs an address of its family. */
const ipConfig: FormatCheck = (value, { name, version }) => {
  const parts = new Map(
    value.split(",").map((part) => [part.split("=")[0] ?? "", part.slice(part.indexOf("=") + 1)]),
  );
  const address = parts.get("ip");
  if (address !== undefined && address !== "dhcp" && !isCidr(address, isIpv4, 32))
    return `format error\n${name}.ip: invalid format - value does not look like a valid ipv4 network configuration\n`;
  if (parts.has("gw") && address === undefined)
    return `format error\n${name}.ip: ${required(version, `${name}.gw`)}`;
  return undefined;
};

const configuration = (
  family: string,
  words: readonly string[],
  cidr: (value: string) => boolean,
): FormatCheck =>
  looksLike(`${family} network configuration`, (value) => words.includes(value) || cidr(value));

/** Checks for the formats whose texts were seen or read. A format that is not listed accepts everything. */
const FORMATS: Readonly<Record<string, FormatCheck>> = {
  "pve-vmid": looksLike("VM ID", isVmid),
  "pve-node": looksLike("node name", (value) => /^[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?$/.test(value)),
  "dns-name": looksLike("DNS name", (value) => DNS.test(value)),
  "pve-configid": matches(/^[a-z][a-z0-9_-]+$/i, (value) => `invalid configuration ID '${value}'`),
  "pve-storage-id": matches(
    /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i,
    (value) => `storage ID '${value}' contains illegal characters`,
  ),
  "pve-poolid": matches(
    /^[A-Za-z0-9.\-_]+(\/[A-Za-z0-9.\-_]+){0,2}$/,
    (value) => `pool name '${value}' contains invalid characters`,
  ),
  "pve-tag": matches(/^[a-z0-9_][a-z0-9_\-+.]*$/i, () => "invalid characters in tag"),
  "mac-addr": looksLike("unicast MAC address", (value) => MAC.test(value)),
  "pve-startup-order": matches(
    /^((order=)?\d+)?(,?(order|up|down)=\d+)*$/,
    () => "unable to parse startup options",
  ),
  "pve-storage-content": content,
  "pve-task-status-type": matches(/^(ok|error|warning|unknown)$/i, (value) => `invalid status '${value}'`),
  "pve-hotplug-features": hotplug,
  "pve-qm-boot": boot,
  urlencoded: matches(/^(?:[\w.~-]|%[0-9a-f]{2})*$/i, (value) => `invalid urlencoded string: ${value}`),
  ip: looksLike("IP address", isIp),
  ipv4: looksLike("IPv4 address", isIpv4),
  ipv6: looksLike("IPv6 address", isIpv6),
  CIDR: looksLike("CIDR network", isAnyCidr),
  CIDRv4: looksLike("IPv4 network", (value) => isCidr(value, isIpv4, 32)),
  CIDRv6: looksLike("IPv6 network", (value) => isCidr(value, isIpv6, 128)),
  "pve-ipv4-config": configuration("ipv4", ["dhcp", "manual"], (value) => isCidr(value, isIpv4, 32)),
  "pve-ipv6-config": configuration("ipv6", ["auto", "dhcp", "manual"], (value) => isCidr(value, isIpv6, 128)),
  "pve-roleid": matches(/^[A-Za-z0-9.\-_]+$/, (value) => `role name '${value}' contains invalid characters`),
  "pve-groupid": matches(
    /^[A-Za-z0-9.\-_]+$/,
    (value) => `group name '${value}' contains invalid characters`,
  ),
  "pve-bridge-id": matches(/^[\w.-]+$/, (value) => `invalid bridge ID '${value}'`),
  "pve-sdn-zone-id": sdnId("zone"),
  "pve-sdn-vnet-id": sdnId("vnet"),
  "pve-sdn-subnet-id": looksLike("CIDR network", subnetId),
  "pve-ha-resource-or-vm-id": looksLike("ha resource id", (value) => /^(?:(?:vm|ct):)?\d+$/.test(value)),
  "pve-ha-group-node": looksLike("ha group node", (value) =>
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(:\d+)?$/i.test(value),
  ),
  email: looksLike("email address", (value) => /^[\w+.~-]+@[\w.-]+$/.test(value)),
  "pve-vm-cpu-conf": cpuFlags(CPU_FLAGS),
  "pve-qm-ipconfig": ipConfig,
  "pve-ct-timezone": looksLike("timezone", isTimezone),
  "disk-size": matches(/^\d+(\.\d+)?[KMGT]?$/, (value) => `unable to parse size '${value}'`),
  "pve-volume-id": matches(
    /^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i,
    (value) => `unable to parse volume ID '${value}'`,
  ),
};

/** Formats that changed with 9. */
const NEWER: Readonly<Record<string, FormatCheck>> = { "pve-vm-cpu-conf": cpuFlags(NEW_CPU_FLAGS) };

/** Checks one value; `-list` formats check each part and `-opt` formats accept an empty text. */
export function checkFormat(format: string, value: string, place: Place): string | undefined {
  const list = /^(.*)-list$/.exec(format)?.[1];
  if (list) {
    const parts = value.split(/[,;\s\0]+/).filter(Boolean);
    return parts.map((part) => checkFormat(list, part, place)).find((complaint) => complaint !== undefined);
  }
  const optional = /^(.*)-opt$/.exec(format)?.[1];
  if (optional) return value === "" ? undefined : checkFormat(optional, value, place);
  const newer = Number(place.version) >= 9 ? NEWER[format] : undefined;
  return (newer ?? FORMATS[format])?.(value, place);
}
