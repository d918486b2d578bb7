import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";

const READY_TRIES = 240;
const PAUSE_MS = 250;
const STOP_TRIES = 60;

const Info = z.object({ url: z.string(), apiKey: z.string() });
const Page = z.object({ items: z.array(z.unknown()).min(1) });
const Operation = z.object({ state: z.string() });

const root = join(import.meta.dirname, "..");
const report = process.argv[2];
const data = mkdtempSync(join(tmpdir(), "moxxie-smoke-"));

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  await closed.promise;
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}

async function until(tries: number, holds: () => boolean): Promise<boolean> {
  for (let n = 0; n < tries; n += 1) {
    if (holds()) return true;
    await pause(PAUSE_MS);
  }
  return holds();
}

function say(passed: boolean, name: string, detail = ""): void {
  console.log(`== ${passed ? "ok" : "FAILED"}: ${name}${detail && `: ${detail}`}`);
  if (report !== undefined) appendFileSync(report, `${passed ? "ok" : "failed"} ${name}\n`);
  if (!passed) process.exitCode = 1;
}

async function step(name: string, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    say(true, name);
    return true;
  } catch (error) {
    say(false, name, error instanceof Error ? error.message : String(error));
    return false;
  }
}

async function ask(url: string, wanted: number, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  const text = await answer.text();
  if (answer.status !== wanted)
    throw new Error(`${answer.status} instead of ${wanted}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

async function walk(): Promise<void> {
  const { url, apiKey } = Info.parse(JSON.parse(readFileSync(join(data, "dev.json"), "utf8")));
  const headers = { "x-api-key": apiKey, "content-type": "application/json" };
  await step("GET /v1/health", async () => void (await ask(`${url}/v1/health`, 200)));
  await step("401 without a key", async () => void (await ask(`${url}/v1/vms`, 401)));
  await step(
    "GET /v1/vms has items",
    async () => void Page.parse(await ask(`${url}/v1/vms`, 200, { headers })),
  );
  await step("a bulk snapshot succeeds", async () => {
    const body = JSON.stringify({ select: { tags: "env-prod" }, name: "{vm}-{datetime}", ttl: "4h" });
    const bulk = `${url}/v1/bulk/snapshots?wait=20s`;
    const { state } = Operation.parse(await ask(bulk, 200, { method: "POST", headers, body }));
    if (state !== "succeeded") throw new Error(`the operation is ${state}`);
  });
}

/** The processes of a group, zombies apart. Where there is no /proc, none is seen. */
function remaining(group: number): number[] {
  const processes = existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return processes.map(Number).filter((pid) => groupOf(pid) === group);
}

function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : Number(group);
  } catch {
    return undefined;
  }
}

async function stop(dev: ChildProcess): Promise<void> {
  const group = dev.pid ?? 0;
  if (group === 0) throw new Error("it never started");
  process.kill(-group, "SIGTERM");
  const gone = await until(STOP_TRIES, () => dev.exitCode !== null || dev.signalCode !== null);
  const left = (await until(STOP_TRIES, () => remaining(group).length === 0)) ? [] : remaining(group);
  if (gone && left.length === 0) return;
  process.kill(-group, "SIGKILL");
  throw new Error(`still running ${(STOP_TRIES * PAUSE_MS) / 1000} s after SIGTERM: ${left.join(", ")}`);
}

async function main(): Promise<void> {
  const port = await freePort();
  const dev = spawn("npm", ["run", "dev", "--", "--data", data], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  const started = await step("npm run dev is ready within 60 s", async () => {
    const ready = () => existsSync(join(data, "dev.json")) || dev.exitCode !== null;
    await until(READY_TRIES, ready);
    if (!existsSync(join(data, "dev.json"))) throw new Error(`no dev.json; exit code ${dev.exitCode}`);
  });
  if (started) await walk();
  await step("it stops, and leaves nothing running", () => stop(dev));
  rmSync(data, { recursive: true, force: true });
}

await main();
