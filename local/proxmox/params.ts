import type { RawParams } from "./request.ts";

/** The validated parameters of a call, read by type. */
export interface Params {
  has(name: string): boolean;
  /** The text; empty when it was not sent. */
  text(name: string): string;
  optional(name: string): string | undefined;
  number(name: string, fallback?: number): number;
  flag(name: string): boolean;
  /** The parts of a list, whether it came as one text or as repeated keys. */
  list(name: string): string[];
  /** Every parameter that was sent, except those named. */
  without(names: readonly string[]): Record<string, string>;
}

const flat = (value: string | readonly string[]) => (typeof value === "string" ? value : value.join(","));

export function paramsOf(values: RawParams): Params {
  const optional = (name: string) => {
    const value = values[name];
    return value === undefined ? undefined : flat(value);
  };
  return {
    has: (name) => name in values,
    text: (name) => optional(name) ?? "",
    optional,
    number: (name, fallback = 0) => Number(optional(name) ?? fallback),
    flag: (name) => optional(name) === "1",
    list: (name) => (optional(name) ?? "").split(/[,;\s\0]+/).filter(Boolean),
    without: (names) =>
      Object.fromEntries(
        Object.entries(values).flatMap(([name, value]) =>
          names.includes(name) ? [] : [[name, flat(value)]],
        ),
      ),
  };
}
