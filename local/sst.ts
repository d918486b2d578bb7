import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

const ROOT = path.resolve(import.meta.dirname, "..");
const INSTALL_LIMIT_MS = 300_000;
const ENVIRONMENT = { SST_SKIP_DEPENDENCY_CHECK: "1", SST_NO_BUN: "1", SST_TELEMETRY_DISABLED: "1" };

/**
 * Puts SST's platform, that is the types and components infra/ is written against, into .sst/. Needs the npm
 * registry and nothing of AWS; takes about half a minute once. Throws, with what SST said, when it cannot.
 */
export function installPlatform(): "present" | "installed" {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(path.join(ROOT, "node_modules/sst/package.json"), "utf8")));
  if (isInstalled(version)) return "present";
  return alone(() => (isInstalled(version) ? "present" : install(version)));
}

const LOCK = path.join(ROOT, "node_modules/.sst-install");
const LOOK_MS = 200;

/** Tests that run side by side may all find that it is missing, and two installations at once break each other. */
function alone<T>(work: () => T): T {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; !take() && waited < INSTALL_LIMIT_MS; waited += LOOK_MS)
    Atomics.wait(sleeper, 0, 0, LOOK_MS);
  try {
    return work();
  } finally {
    if (existsSync(LOCK)) rmdirSync(LOCK);
  }
}

function take(): boolean {
  if (existsSync(LOCK)) return false;
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    return false;
  }
}

function install(version: string): "installed" {
  const run = spawnSync(
    process.execPath,
    [path.join(ROOT, "node_modules/sst/bin/sst.mjs"), "install", "--stage", "test"],
    { cwd: ROOT, env: { ...process.env, ...ENVIRONMENT }, encoding: "utf8", timeout: INSTALL_LIMIT_MS },
  );
  if (run.status === 0 && isInstalled(version)) return "installed";
  const said = [run.error?.message, run.stdout, run.stderr].filter(Boolean).join("\n").trim();
  throw new Error(
    `SST ${version} could not install its platform; it needs the npm registry. It said:\n${said}`,
  );
}

/** The provider lock is what SST writes last: with it, the packages are complete. */
function isInstalled(version: string): boolean {
  const installed = path.join(ROOT, ".sst/platform/version");
  if (!existsSync(installed) || !existsSync(path.join(ROOT, ".sst/provider-lock.json"))) return false;
  return readFileSync(installed, "utf8").trim() === version;
}

if (process.argv[1] === import.meta.filename) console.log(`SST platform: ${installPlatform()}`);
