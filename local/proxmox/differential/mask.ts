type Replacement = string | ((found: string) => string);
type Rule = readonly [RegExp, Replacement];

/** What the scenario was recorded with, and what it is played with here. */
export const CAST = {
  node: "pve1",
  storage: "local",
  bridge: "vmbr0",
  guests: [9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008, 9009, 9010],
  token: "root@pam!main",
} as const;

/** Addresses of documentation are part of the scenario; any other belongs to a host. */
const address = (found: string) => (/^(192\.0\.2|198\.51\.100|300)\./.test(found) ? found : "<ip>");

const IDENTIFIERS: readonly Rule[] = [
  [
    /UPID:[A-Za-z0-9.-]+:[0-9A-F]{8,9}:[0-9A-F]{8,9}:[0-9A-F]{8}:([a-z0-9-]+):[^:\s]*:[^:\s]+:/gi,
    "<upid $1>",
  ],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<uuid>"],
  [/\b([0-9A-F]{2}:){5}[0-9A-F]{2}\b/gi, "<mac>"],
  [/\b[0-9a-f]{40,}\b/gi, "<hex>"],
];

const HOST: readonly Rule[] = [
  [/command '(?:\S*\/)?(\S+) .*' failed: /g, "command '$1 ...' failed: "],
  [/\bat (\S+) line \d+(, <\S+> \S+ \d+)?\.?/g, "at <source>"],
  [/pveupload-[0-9a-f]+/g, "pveupload-<id>"],
  [/(failed to get address info for: [^:]+: ).*$/m, "$1<resolver>"],
];

const TIMES: readonly Rule[] = [
  [/\d{4}[-_/]\d{2}[-_/]\d{2}[-_T ]\d{2}[:_]\d{2}[:_]\d{2}/g, "<date>"],
  [/\b20\d{2}-\d{2}-\d{2}\b/g, "<day>"],
  [/\b\d{1,2}:\d{2}:\d{2}\b/g, "<time>"],
  [/\b1[5-9]\d{8}\b/g, "<epoch>"],
];

const PATHS: readonly Rule[] = [
  [/(^|[\s'"=(])\/(?!var\/lock|run\/|etc\/)[^\s'",)]*?\/(images|dump|template|snippets)\//g, "$1<path>/$2/"],
  [/(^|[\s'"=(])\/(tmp|var\/tmp|var\/lib)\/[^\s'",;)]*/g, "$1<path>"],
];

const NAMES: readonly Rule[] = [
  ...CAST.guests.map((vmid, index): Rule => [new RegExp(`(?<![0-9])${vmid}(?![0-9])`, "g"), `<vm${index}>`]),
  [new RegExp(String.raw`(?<![\w-])${CAST.storage}(?=[:'"/])`, "g"), "<storage>"],
  [new RegExp(String.raw`(?<=['"/@=(]|storage[ :]|storage ID )${CAST.storage}(?![\w-])`, "g"), "<storage>"],
  [new RegExp(String.raw`(?<![\w-])${CAST.node}(?![\w-])`, "g"), "<node>"],
  [new RegExp(String.raw`(?<![\w-])${CAST.bridge}(?![\w-])`, "g"), "<bridge>"],
  [new RegExp(CAST.token, "g"), "<token>"],
];

const FIGURES: readonly Rule[] = [
  [/\b\d+(\.\d+)? ?([KMGT]i?B|bytes|B)(\/s)?(?![\w])/g, "<size>"],
  [/\b\d+(\.\d+)?( ?s\b| seconds)/g, "<sec>"],
  [/\b\d+(\.\d+)?%/g, "<pct>"],
  [/\b(pid|PID):? ?\d+/g, "$1 <n>"],
  [/(QEMU|qemu|version|Agent|PVE|pve-manager)([ /:=])\d+\.\d+(\.\d+)?([-.][\w.-]+)?/g, "$1$2<ver>"],
  [/\+pve\d+/g, "+pve<n>"],
  [/\b(\d{1,3}\.){3}\d{1,3}\b(?!\/)/g, address],
];

const RULES = [...IDENTIFIERS, ...HOST, ...TIMES, ...PATHS, ...NAMES, ...FIGURES];

/** A text without what differs from host to host and from run to run. */
export function mask(text: string): string {
  if (text === CAST.storage) return "<storage>";
  return RULES.reduce(
    (masked, [pattern, replacement]) =>
      typeof replacement === "string"
        ? masked.replace(pattern, replacement)
        : masked.replace(pattern, replacement),
    text,
  );
}

/** A key may be called like the storage. */
export const maskKey = (key: string) => (key === CAST.storage ? key : mask(key));

const guestNumbers: readonly number[] = CAST.guests;

/** As above, for all texts in some data; keys sorted, lists of texts too. */
export function maskAll(value: unknown): unknown {
  if (typeof value === "string") return mask(value);
  if (typeof value === "number" && guestNumbers.includes(value)) return `<vm${guestNumbers.indexOf(value)}>`;
  if (Array.isArray(value)) {
    const texts = value.filter((one) => typeof one === "string");
    return texts.length === value.length ? texts.map(mask).toSorted() : value.map(maskAll);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [maskKey(key), maskAll(one)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
