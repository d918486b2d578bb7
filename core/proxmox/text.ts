/** The keys of a configuration as Proxmox writes them. */
export type Texts = Readonly<Record<string, string>>;

/** A configuration as texts, whatever Proxmox makes of its numbers. */
export const toTexts = (config: Readonly<Record<string, unknown>>): Texts =>
  Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
    ),
  );

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Bytes of Proxmox's own `32G`; null for what is none. */
export function bytesOf(size: string | undefined): number | null {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? "") ?? [];
  return digits === undefined ? null : Math.round(Number(digits) * (UNITS[unit] ?? 1));
}

/** A property string taken apart; what stands first without a name is under "". */
export function partsOf(text: string): Map<string, string> {
  const pairs = text.split(",").map((part): [string, string] => {
    const at = part.indexOf("=");
    return at < 0 ? ["", part] : [part.slice(0, at), part.slice(at + 1)];
  });
  return new Map(pairs.filter(([name, value]) => name !== "" || value !== ""));
}

/** A truth in a configuration, in each of Proxmox's own spellings (`parse_boolean`); undefined is the default. */
export const isOn = (text: string | undefined, byDefault = false) =>
  text === undefined ? byDefault : ["1", "on", "yes", "true"].includes(text.toLowerCase());

/** A number in a configuration, null where there is none. */
export const numberOf = (text: string | undefined) =>
  text === undefined || !Number.isFinite(Number(text)) ? null : Number(text);
