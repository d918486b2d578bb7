import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";

const main = join(import.meta.dirname, "../../local/main.ts");
const START_MS = 580_000;
const LOOK_MS = 50;

const Info = z.object({
  url: z.string(),
  apiKey: z.string(),
  proxmoxUrl: z.string(),
  proxmoxToken: z.string(),
});

/** A folder of its own for a dev server; removed when the test is over. */
export async function dataFolder() {
  const dir = await mkdtemp(join(tmpdir(), "moxxie-test-"));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** Asks again and again, until there is an answer or the time is over. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + START_MS; Date.now() < end;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`${what} did not come within ${START_MS} ms`);
}

const exitOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("exit", resolve));

/** Starts `npm run dev`'s own program as a process, as a person would; ready when it answers. */
export async function startDev(dir: string, ...options: string[]) {
  const info = join(dir, "dev.json");
  const before = existsSync(info) ? readFileSync(info, "utf8") : "";
  const child = spawn(process.execPath, [main, "--data", dir, ...options], {
    env: { ...process.env, PORT: "0" },
    stdio: "pipe",
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  const gone = exitOf(child);
  const { url, apiKey } = await eventually("a dev server that answers", async () => {
    if (child.exitCode !== null) throw new Error(`the dev server ended: ${output}`);
    const text = existsSync(info) ? readFileSync(info, "utf8") : "";
    if (text === before && before !== "" && !output.includes("is ready")) return undefined;
    const read = Info.safeParse(text === "" ? undefined : JSON.parse(text)).data;
    const answer = read && (await fetch(`${read.url}/v1/health`).catch(() => undefined));
    return answer?.ok ? read : undefined;
  });
  const request = async (path: string, body?: unknown) => {
    const headers = { "x-api-key": apiKey };
    const init = body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(url + path, init);
    const json: unknown = await answer.json();
    return { status: answer.status, json };
  };
  const functionsPid = () => {
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    const isFunctions = (pid: string) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dev/functions.ts");
    return Number(children.find(isFunctions));
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  const stop = async () => {
    child.kill("SIGTERM");
    await gone;
  };
  return {
    url,
    apiKey,
    pid: child.pid ?? 0,
    request,
    eventually,
    functionsPid,
    kill,
    stop,
    output: () => output,
    [Symbol.asyncDispose]: kill,
  };
}
