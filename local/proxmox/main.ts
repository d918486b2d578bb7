import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { secretText } from "../../core/lib/id.ts";
import { keptCertificate } from "./certificate.ts";
import { serveControl } from "./control.ts";
import { VERSIONS } from "./facts/index.ts";
import { serve } from "./serve.ts";
import { createSimulator } from "./simulator.ts";

const Options = z.object({
  version: z.enum(VERSIONS).default("8.4"),
  nodes: z.coerce.number().int().min(1).max(32).default(3),
  guests: z.coerce.number().int().min(0).max(20_000).default(24),
  port: z.coerce.number().int().min(0).max(65_535).default(8006),
  "control-port": z.coerce.number().int().min(0).max(65_535).default(0),
  speed: z.coerce.number().positive().default(1),
  data: z.string().default(".local/proxmox"),
  info: z.string().optional(),
  fresh: z.boolean().default(false),
});

const text = { type: "string" } as const;

/** `node local/proxmox/main.ts --version 8.4 --guests 200 --port 8006`: a simulated cluster to develop against. */
async function main(): Promise<void> {
  process.umask(0o077);
  const { values } = parseArgs({
    options: {
      version: text,
      nodes: text,
      guests: text,
      port: text,
      "control-port": text,
      speed: text,
      data: text,
      info: text,
      fresh: { type: "boolean" },
    },
  });
  const options = Options.parse(values);
  const file = join(options.data, `state-${options.version}.json`);
  mkdirSync(options.data, { recursive: true });
  if (options.fresh) rmSync(file, { force: true });
  const simulator = createSimulator({
    ...options,
    latency: true,
    late: true,
    file,
    token: `root@pam!main=${randomUUID()}`,
    password: secretText(16),
  });
  const certificate = await keptCertificate(join(options.data, "certificate.json"));
  const served = await serve(simulator, { port: options.port, certificate, guarded: true });
  const control = await serveControl(simulator, options["control-port"], [served]);
  const { token, user, password } = simulator;
  const { url, fingerprint } = served;
  const { url: controlUrl, key: controlKey } = control;
  const told = { url, fingerprint, token, user, password, controlUrl, controlKey };
  const info = JSON.stringify(told, null, 2);
  if (options.info) writeFileSync(options.info, info, { mode: 0o600 });
  console.log(info);
}

await main();
