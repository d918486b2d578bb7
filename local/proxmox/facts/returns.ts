import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** What a call returns, as Proxmox's schema has it. Proxmox does not hold itself to it: docs/proxmox.md. */
export interface Returned {
  readonly type?: string | undefined;
  readonly optional?: boolean | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly items?: Returned | undefined;
  readonly props?: Readonly<Record<string, Returned>> | undefined;
}

export const Returned: z.ZodType<Returned> = z.object({
  type: z.string().optional(),
  optional: z.boolean().optional(),
  enum: z.array(z.coerce.string()).optional(),
  get items() {
    return Returned.optional();
  },
  get props() {
    return z.record(z.string(), Returned).optional();
  },
});

const Since = z.object({ since: z.string().optional(), until: z.string().optional() });
/** In which versions a call and its parameters are there; what is not named is there in every one. */
const Availability = Since.extend({ params: z.record(z.string(), Since).optional() });
type Availability = z.infer<typeof Availability>;

const Source = z.array(z.object({ method: z.string(), path: z.string(), returns: Returned.optional() }));

const lines = (entries: readonly (readonly [string, unknown])[]) =>
  `{\n${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",\n")}\n}\n`;

/** Keeps of Proxmox's published schema what calls return and when they came; needs the folder of the facts. */
function compact(folder: string): void {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  mkdirSync(join(import.meta.dirname, "returns"), { recursive: true });
  for (const version of ["7.4", "8.4", "9.2"]) {
    const calls = Source.parse(read(`pve-${version}.json`));
    const kept = calls.map(({ method, path, returns }) => [`${method} ${path}`, returns ?? {}] as const);
    writeFileSync(join(import.meta.dirname, "returns", `${version}.json`), lines(kept));
  }
  const known = z.record(z.string(), Availability).parse(read("availability.json"));
  const gated = Object.entries(known).filter(([, when]) => Object.keys(when).length > 0);
  writeFileSync(join(import.meta.dirname, "availability.json"), lines(gated));
}

/** What every call of a version returns. */
export function returnsOf(version: string): Record<string, Returned> {
  const text = readFileSync(join(import.meta.dirname, "returns", `${version}.json`), "utf8");
  return z.record(z.string(), Returned).parse(JSON.parse(text));
}

/** The calls that are not there, or not whole, in every version. */
export function availability(): Record<string, Availability> {
  const text = readFileSync(join(import.meta.dirname, "availability.json"), "utf8");
  return z.record(z.string(), Availability).parse(JSON.parse(text));
}

const [, script, folder] = process.argv;
if (script === import.meta.filename && folder !== undefined) compact(folder);
