import { parseArgs } from "node:util";
import * as z from "zod";
import { VERSIONS } from "../proxmox/index.ts";

const text = { type: "string" } as const;

const Options = z.object({
  port: z.coerce.number().int().min(0).max(65_535),
  data: z.string(),
  fresh: z.boolean(),
  proxmox: z.enum(VERSIONS).default("8.4"),
  guests: z.coerce.number().int().min(0).max(20_000).optional(),
  speed: z.coerce.number().positive().default(6),
  cluster: z.url({ protocol: /^https$/ }).optional(),
  token: z
    .string()
    .regex(/^[^\s!=]+@[^\s!=]+![^\s!=]+=\S+$/, "must look like user@realm!id=secret")
    .optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9A-Fa-f:]{64,95}$/, "must be a SHA-256 fingerprint in hex")
    .optional(),
});

/** What `npm run dev` was asked to do. */
export type Options = z.infer<typeof Options>;

/** Reads the command line; a mistake in it ends in one sentence that names the option. */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { ...text, default: ".local" },
      fresh: { type: "boolean", default: false },
      proxmox: text,
      guests: text,
      speed: text,
      cluster: text,
      token: text,
      fingerprint: text,
    },
  });
  const parsed = Options.safeParse({ port: environment["PORT"] || 4000, ...values });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`--${issue?.path.join(".")}: ${issue?.message}`);
  }
  const real = [parsed.data.cluster, parsed.data.token, parsed.data.fingerprint];
  if (real.some(Boolean) && !real.every(Boolean))
    throw new Error("--cluster, --token and --fingerprint go together");
  return parsed.data;
}
