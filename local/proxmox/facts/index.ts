import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Property } from "./property.ts";

export type { Property };

/** The versions of Proxmox VE whose API is known. */
export const VERSIONS = ["7.4", "8.4", "9.2"] as const;
export type Version = (typeof VERSIONS)[number];

const Endpoint = z.object({
  method: z.string(),
  path: z.string(),
  params: z.record(z.string(), Property),
  perm: z.unknown().optional(),
  protected: z.boolean().optional(),
  proxyto: z.string().optional(),
  allowtoken: z.boolean().optional(),
  async: z.string().optional(),
  extraParams: z.boolean().optional(),
  /** The key under which an index lists what is below it. */
  link: z.string().optional(),
  workers: z.array(z.string()).optional(),
});
export type Endpoint = z.infer<typeof Endpoint>;

const FactsFile = z.object({
  formats: z.array(z.record(z.string(), Property)),
  endpoints: z.array(Endpoint),
});
/** The API of one version. */
export type Facts = z.infer<typeof FactsFile> & { readonly version: Version };

const loaded = new Map<Version, Facts>();

/** The API of one version, read from disk at its first use and kept. */
export function factsOf(version: Version): Facts {
  const known = loaded.get(version);
  if (known) return known;
  const text = readFileSync(join(import.meta.dirname, `${version}.json`), "utf8");
  const facts = { ...FactsFile.parse(JSON.parse(text)), version };
  loaded.set(version, facts);
  return facts;
}
