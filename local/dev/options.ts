import { parseArgs } from "node:util";
import * as z from "zod";
import { VERSIONS } from "../proxmox/index.ts";
import { tokenFrom } from "./token.ts";

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

const ARGUMENTS = {
  data: { ...text, default: ".local" },
  fresh: { type: "boolean", default: false },
  proxmox: text,
  guests: text,
  speed: text,
  cluster: text,
  token: text,
  "token-file": text,
  fingerprint: text,
} as const;

function parse(given: unknown): Options {
  const parsed = Options.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`--${issue?.path.join(".")}: ${issue?.message}`);
}

/** Where the token may come from, the first that there is. Only a real cluster has one. */
async function tokenOf(given: { token?: string; "token-file"?: string }, { environment, ask }: Sources) {
  if (given.token !== undefined) return given.token;
  if (given["token-file"] !== undefined) return tokenFrom(given["token-file"]);
  return environment["MOXXIE_TOKEN"] || (await ask?.());
}

interface Sources {
  readonly environment: NodeJS.ProcessEnv;
  /** Asks whoever sits at the terminal, where there is one. */
  readonly ask?: (() => Promise<string>) | undefined;
}

/** Reads the command line; a mistake in it ends in one sentence that names the option. */
export async function readOptions(args: readonly string[], sources: Sources): Promise<Options> {
  const { values } = parseArgs({ args: [...args], options: ARGUMENTS });
  const { "token-file": file, ...rest } = values;
  const port = sources.environment["PORT"] || 4000;
  const { cluster, fingerprint, token } = rest;
  const real = [cluster, fingerprint];
  if ([...real, token, file].some(Boolean) && !real.every(Boolean))
    throw new Error(
      "--cluster, --token and --fingerprint go together; the token may also be in MOXXIE_TOKEN or a file",
    );
  if (token !== undefined && file !== undefined)
    throw new Error("--token and --token-file exclude each other");
  if (!cluster) return parse({ port, ...rest });
  const options = parse({ port, ...rest, token: await tokenOf(values, sources) });
  if (options.token !== undefined) return options;
  throw new Error(
    "--cluster needs a token: in MOXXIE_TOKEN, in a file with --token-file, or typed in a terminal",
  );
}

/** What is wrong with how an option was given, though it is taken. */
export function warningsOf(args: readonly string[]): string[] {
  const shown = args.some((one) => one === "--token" || one.startsWith("--token="));
  if (!shown) return [];
  return ["moxxie: every user of this machine can read --token; use MOXXIE_TOKEN or --token-file instead"];
}
