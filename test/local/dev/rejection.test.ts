import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { dataFolder } from "../../kit/dev.ts";

const main = join(import.meta.dirname, "../../../local/main.ts");

test("a promise that fails and that nobody waits for is told, and the server goes on", async () => {
  await using folder = await dataFolder();
  const planted = join(folder.dir, "planted.mjs");
  writeFileSync(planted, `process.on("SIGUSR2", () => void Promise.reject(new Error("planted")));`);
  const child = spawn(process.execPath, ["--import", planted, main, "--data", join(folder.dir, "data")], {
    env: { ...process.env, PORT: "0" },
  });
  const ended = once(child, "exit");
  let url = "";
  for await (const line of createInterface(child.stdout)) {
    url ||= /API +(\S+)/.exec(line)?.[1] ?? "";
    if (line.includes("audit?limit")) break;
  }
  child.kill("SIGUSR2");
  const told = await once(createInterface(child.stderr), "line");
  expect(String(told)).toMatch(/"event":"rejection".*planted/);
  expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
