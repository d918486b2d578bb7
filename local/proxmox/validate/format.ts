/** Says what is wrong with a value of a named format; nothing when it is right. */
export type FormatCheck = (value: string) => string | undefined;

const looksLike =
  (what: string, test: (value: string) => boolean): FormatCheck =>
  (value) =>
    test(value) ? undefined : `value does not look like a valid ${what}`;

const matches =
  (pattern: RegExp, complaint: (value: string) => string): FormatCheck =>
  (value) =>
    pattern.test(value) ? undefined : complaint(value);

const octets = (value: string) => value.split(".").map(Number);
const isIpv4 = (value: string) =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(value) && octets(value).every((octet) => octet <= 255);
const isIpv6 = (value: string) => /^[0-9a-f:.]+$/i.test(value) && value.includes(":");
const isIp = (value: string) => isIpv4(value) || isIpv6(value);
const isCidr = (value: string, ip: (address: string) => boolean, most: number) => {
  const [address = "", mask = ""] = value.split("/");
  return ip(address) && /^\d+$/.test(mask) && Number(mask) <= most;
};
const isAnyCidr = (value: string) => isCidr(value, isIpv4, 32) || isCidr(value, isIpv6, 128);

const DNS = /^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;
const MAC = /^[a-f0-9][02468ace](:[a-f0-9]{2}){5}$/i;
const HOTPLUG = new Set(["network", "disk", "cpu", "memory", "usb", "cloudinit", "0", "1"]);

const isVmid = (value: string) => /^[1-9][0-9]{2,8}$/.test(value);
const isTimezone = (value: string) => value === "host" || /^[\w+-]+(\/[\w+-]+)*$/.test(value);

const hotplug: FormatCheck = (value) => {
  const wrong = value.split(/[,;\s]+/).find((feature) => feature && !HOTPLUG.has(feature));
  return wrong && `invalid hotplug feature '${wrong}'`;
};

const boot: FormatCheck = (value) => {
  if (/^[acdn]{1,4}$/.test(value) || value === "") return undefined;
  return value.split(",").every((part) => /^(order|legacy)=/.test(part))
    ? undefined
    : "missing key in comma-separated list property";
};

const configuration = (
  family: string,
  words: readonly string[],
  cidr: (value: string) => boolean,
): FormatCheck =>
  looksLike(`${family} network configuration`, (value) => words.includes(value) || cidr(value));

/** Checks for the formats whose texts were seen or read. A format that is not listed accepts everything. */
export const FORMATS: Readonly<Record<string, FormatCheck>> = {
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
  "pve-ct-timezone": looksLike("timezone", isTimezone),
  "disk-size": matches(/^\d+(\.\d+)?[KMGT]?$/, (value) => `unable to parse size '${value}'`),
  "pve-volume-id": matches(
    /^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i,
    (value) => `unable to parse volume ID '${value}'`,
  ),
};

/** Checks one value; `-list` formats check each part and `-opt` formats accept an empty text. */
export function checkFormat(format: string, value: string): string | undefined {
  const list = /^(.*)-list$/.exec(format)?.[1];
  if (list) {
    const parts = value.split(/[,;\s\0]+/).filter(Boolean);
    return parts.map((part) => checkFormat(list, part)).find((complaint) => complaint !== undefined);
  }
  const optional = /^(.*)-opt$/.exec(format)?.[1];
  if (optional) return value === "" ? undefined : checkFormat(optional, value);
  return FORMATS[format]?.(value);
}
