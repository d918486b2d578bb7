import { STATUS } from "../../core/lib/fault.ts";
import type { Source } from "./sources.ts";

/** A code that a caller can meet, and the HTTP status that it comes with; none when it only stands in an item. */
export interface Listed {
  readonly code: string;
  readonly status: number | undefined;
}

const CODE = /"([a-z][a-z-]*\.[a-z][a-z-]*)"/g;
const FAULT = /new Fault\(\s*("\w+"|\w+),\s*([^,]+),/g;
/** Items, plans and verdicts carry a code too: as a field, in a table of codes, or handed to one of two functions. */
const FIELDS = [
  /^(?:export )?const (?!ACTION|KIND)[A-Z_]+ = ("[^"]+");/gm,
  /\bending\.code \?\? \(failed \? ("[^"]+")/g,
  /\bproblem\(at, 500, ("[^"]+")/g,
  /\bcode: ([^,;}\n]+)/g,
  /\b(?:codes|CODES: [^=]+) = \{([^}]+)\}/g,
  /\brefused\(\s*("[^"]+")/g,
];

const codesIn = (text: string) => [...text.matchAll(CODE)].map(([, code = ""]) => code);
/** The kinds that a fault may have; those of a parameter are the members of its type. */
function kindsOf(kind: string, text: string): string[] {
  const said = kind.startsWith('"')
    ? kind
    : (new RegExp(`\\b${kind}: ("\\w+"(?: \\| "\\w+")*)`).exec(text)?.[1] ?? "");
  return [...said.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name);
}

const statusOf = (kind: string) => new Map<string, number>(Object.entries(STATUS)).get(kind);

/** The codes of faults, with the status of their kind. */
export const faultsIn = ({ text }: Source): Listed[] =>
  [...text.matchAll(FAULT)].flatMap(([, kind = "", expression = ""]) =>
    codesIn(expression).flatMap((code) =>
      kindsOf(kind, text).map((name) => ({ code, status: statusOf(name) })),
    ),
  );

/** Faults whose code is no literal: a verdict's, whose codes are found where the verdict is made. */
export const unnamedFaultsIn = ({ text }: Source): string[] =>
  [...text.matchAll(FAULT)]
    .map(([, , expression = ""]) => expression.trim())
    .filter((text) => codesIn(text).length === 0);

/** Whatever looks like a code, actions too: enough to tell that a listed code is still in use. */
export const literalsIn = (source: Source): string[] => [...codesIn(source.text), ...fieldCodesIn(source)];

/** The codes that items, plans and verdicts carry. */
export const fieldCodesIn = ({ text }: Source): string[] =>
  FIELDS.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, found = ""]) => codesIn(found)));

const ROW = /^\| `([a-z.-]+)` +\| (\d{3}|–) +\| \S/gm;

/** The rows of the tables in docs/errors.md; a code may stand in several, with different statuses. */
export const listedIn = (markdown: string): Listed[] =>
  [...markdown.matchAll(ROW)].map(([, code = "", status = ""]) => ({
    code,
    status: status === "–" ? undefined : Number(status),
  }));
