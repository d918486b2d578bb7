import type { Property } from "../facts/index.ts";

type Format = Readonly<Record<string, Property>>;

export interface ParsedPropertyString {
  readonly values: Readonly<Record<string, string>>;
  /** Why the text cannot be taken apart. */
  readonly complaint?: string;
}

/** The real key behind an alias; `virtio=<mac>` names the model as well. */
function resolve(format: Format, key: string, value: string): [string, string][] {
  const alias = format[key]?.alias;
  if (!alias) return [[key, value]];
  const model = format.model?.enum?.includes(key);
  return model
    ? [
        ["model", key],
        [alias, value],
      ]
    : [[alias, value]];
}

/** Takes `a=1,b=2` or `value,b=2` apart; a value without a key belongs to the format's default key. */
export function parsePropertyString(format: Format, text: string): ParsedPropertyString {
  const fallback = Object.keys(format).find((key) => format[key]?.defaultKey);
  const values: Record<string, string> = {};
  for (const part of text.split(",").filter((piece) => piece.trim() !== "")) {
    const cut = part.indexOf("=");
    if (cut < 0 && (!fallback || fallback in values))
      return { values, complaint: "value without key, but schema does not define a default key" };
    const pairs =
      cut < 0 ? [[fallback ?? "", part] as const] : resolve(format, part.slice(0, cut), part.slice(cut + 1));
    for (const [key, value] of pairs) {
      if (key in values)
        return { values, complaint: `duplicate key in comma-separated list property: ${key}` };
      values[key] = value;
    }
  }
  return { values };
}
