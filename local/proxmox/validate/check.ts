import type { Facts, Property } from "../facts/index.ts";
import { checkFormat, required } from "./format.ts";
import { namedFormat } from "./named.ts";
import { parsePropertyString } from "./property-string.ts";

export type Value = string | readonly string[];

const UNKNOWN = "property is not defined in schema and the schema does not allow additional properties";
const MISSING = "property is missing and it is not optional";

const TYPES: Readonly<Record<string, RegExp>> = {
  integer: /^[+-]?\d+$/,
  number: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  boolean: /^[01]$/,
};

const isList = (property: Property) =>
  typeof property.format === "string" && /-list$|-alist$/.test(property.format);

function checkType(property: Property, value: Value): string | undefined {
  const type = property.type ?? "string";
  if (typeof value !== "string")
    return type === "array" || isList(property) ? undefined : `type check ('${type}') failed - got ARRAY`;
  if (TYPES[type] && !TYPES[type].test(value)) return `type check ('${type}') failed - got '${value}'`;
  return undefined;
}

const patterns = new Map<string, RegExp>();

function regex(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  const made = compile(pattern);
  patterns.set(pattern, made);
  return made;
}

/** Perl's patterns are nearly JavaScript's; one that is not accepts everything. */
function compile(pattern: string): RegExp {
  try {
    const insensitive = pattern.startsWith("(?i)") || pattern.startsWith("(?^i:");
    const plain = pattern.replace(/^\(\?i\)/, "").replaceAll(/\(\?\^[a-z]*:/g, "(?:");
    return new RegExp(`^(?:${plain})$`, insensitive ? "i" : "");
  } catch {
    return /^/;
  }
}

function checkText(property: Property, value: string): string | undefined {
  const { pattern, maxLength = Infinity, minLength = 0 } = property;
  if (pattern && !regex(pattern).test(value)) return "value does not match the regex pattern";
  if (value.length > maxLength) return `value may only be ${maxLength} characters long`;
  if (value.length < minLength) return `value must be at least ${minLength} characters long`;
  return undefined;
}

function checkNumber({ min = -Infinity, max = Infinity }: Property, value: string): string | undefined {
  if (!TYPES.number?.test(value)) return undefined;
  if (Number(value) > max) return `value must have a maximum value of ${max}`;
  return Number(value) < min ? `value must have a minimum value of ${min}` : undefined;
}

function checkEnum({ enum: words }: Property, value: string): string | undefined {
  if (!words || words.includes(value)) return undefined;
  return `value '${value}' does not have a value in the enumeration '${words.join(", ")}'`;
}

const checkLimits = (property: Property, value: string) =>
  checkText(property, value) ?? checkNumber(property, value) ?? checkEnum(property, value);

/** One value against its property: the text Proxmox would put into `errors`. */
function checkValue(facts: Facts, name: string, property: Property, value: Value): string | undefined {
  const mistyped = checkType(property, value);
  if (mistyped) return mistyped;
  if (typeof value !== "string")
    return isList(property) ? checkValue(facts, name, property, value.join(",")) : undefined;
  const unformatted = formatComplaint(facts, name, property, value);
  if (unformatted !== undefined) return `invalid format - ${unformatted}\n`;
  return checkLimits(property, value);
}

function formatComplaint(facts: Facts, name: string, property: Property, value: string): string | undefined {
  if (property.format === undefined) return undefined;
  const named = typeof property.format === "string" ? namedFormat(property.format) : undefined;
  if (typeof property.format === "string" && !named)
    return checkFormat(property.format, value, { name, version: facts.version });
  const format = named?.properties ?? facts.formats[Number(property.format)] ?? {};
  const { values, complaint } = parsePropertyString(format, value);
  if (complaint) return complaint;
  const errors = checkObject(facts, format, values, `${name}.`);
  const lines = Object.entries(errors).map(([key, text]) => `${key}: ${text}\n`);
  if (lines.length === 0) return named?.conflict?.(values);
  return `format error\n${lines.join("")}`.replace(/\n$/, "");
}

/** Each part of a real list has a complaint of its own; a single value is a list of one. */
function checkItems(facts: Facts, name: string, items: Property, value: Value): Record<string, string> {
  const parts = typeof value === "string" ? [value] : value;
  const complaints = parts.map((part, index) => {
    const complaint = checkValue(facts, `${name}[${index}]`, items, part);
    return complaint === undefined ? [] : [[`${name}[${index}]`, complaint] as const];
  });
  return Object.fromEntries(complaints.flat());
}

/** All values against all properties; keys of the result are prefixed. */
export function checkObject(
  facts: Facts,
  properties: Readonly<Record<string, Property>>,
  values: Readonly<Record<string, Value>>,
  prefix = "",
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const [key, value] of Object.entries(values))
    Object.assign(errors, checkSent(facts, properties[key], { name: `${prefix}${key}`, value }));
  for (const [key, { requires }] of Object.entries(properties))
    if (requires && key in values && values[requires] === undefined)
      errors[`${prefix}${requires}`] = required(facts.version, `${prefix}${key}`);
  for (const [key, property] of Object.entries(properties))
    if (!property.optional && !property.alias && !(key in values) && !hasDefault(property, prefix))
      errors[`${prefix}${key}`] = MISSING;
  return errors;
}

/** One value that was sent, or each part of it. */
function checkSent(
  facts: Facts,
  property: Property | undefined,
  { name, value }: { readonly name: string; readonly value: Value },
): Record<string, string> {
  if (!property) return { [name]: UNKNOWN };
  if (property.items && property.type === "array") return checkItems(facts, name, property.items, value);
  const complaint = checkValue(facts, name, property, value);
  return complaint ? { [name]: complaint } : {};
}

/** Keys of property strings may be left out when the schema gives them a value. */
const hasDefault = (property: Property, prefix: string) => prefix !== "" && property.default !== undefined;
