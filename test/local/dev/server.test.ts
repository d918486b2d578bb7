import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { dataFolder, startDev } from "../../kit/dev.ts";

const main = join(import.meta.dirname, "../../../local/main.ts");
const Jobs = z.object({ items: z.array(z.object({ name: z.string() })) });
const Guests = z.object({ items: z.array(z.unknown()) });

const JOB = {
  name: "nightly",
  kind: "snapshot",
  schedule: "0 3 * * *",
  select: { tags: "env-prod" },
  params: { ttl: "7d" },
};

const names = async (dev: Awaited<ReturnType<typeof startDev>>) =>
  Jobs.parse((await dev.request("/v1/jobs")).json).items.map((job) => job.name);

test("two servers with folders of their own do not see each other", async () => {
  await using one = await dataFolder();
  await using other = await dataFolder();
  await using first = await startDev(one.dir);
  await using second = await startDev(other.dir, "--guests", "48");
  expect((await first.request("/v1/jobs", JOB)).status).toBe(201);
  expect(await names(first)).toEqual(["nightly"]);
  expect(await names(second)).toEqual([]);
  const counts = await Promise.all(
    [first, second].map(
      async (dev) => Guests.parse((await dev.request("/v1/vms?limit=200")).json).items.length,
    ),
  );
  expect(counts).toEqual([24, 48]);
});

test("state and key survive a restart; --fresh starts empty", async () => {
  await using folder = await dataFolder();
  const first = await startDev(folder.dir);
  await first.request("/v1/jobs", JOB);
  await first.stop();
  const second = await startDev(folder.dir);
  expect(second.apiKey).toBe(first.apiKey);
  expect(await names(second)).toEqual(["nightly"]);
  await second.stop();
  await using third = await startDev(folder.dir, "--fresh");
  expect(await names(third)).toEqual([]);
});

test("a second server in the same folder is told who has it, and the first goes on", async () => {
  await using folder = await dataFolder();
  await using first = await startDev(folder.dir);
  const second = spawnSync(process.execPath, [main, "--data", folder.dir], {
    encoding: "utf8",
    env: { ...process.env, PORT: "0" },
  });
  expect(second.status).toBe(1);
  expect(second.stderr).toMatch(/^moxxie: process \d+ uses .* already/);
  expect((await first.request("/v1/jobs")).status).toBe(200);
});

test("what it says when it is ready is all that a newcomer needs, and the files with secrets are the owner's alone", async () => {
  await using folder = await dataFolder();
  await using dev = await startDev(folder.dir);
  const output = await dev.eventually("the welcome", async () =>
    dev.output().includes("audit?limit") ? dev.output() : undefined,
  );
  expect(output).toContain(`API      ${dev.url}`);
  expect(output).toContain(dev.apiKey);
  expect(output.match(/^ +curl /gm)).toHaveLength(3);
  for (const file of ["dev.json", "secrets.json", "moxxie.json"])
    expect(statSync(join(folder.dir, file)).mode & 0o077).toBe(0);
  expect(readFileSync(join(folder.dir, "moxxie.log"), "utf8")).not.toContain(dev.apiKey);
});

test.for([
  [["--guests", "many"], /--guests/],
  [["--proxmox", "6.4"], /--proxmox/],
  [["--cluster", "https://pve.test:8006"], /--cluster, --token and --fingerprint go together/],
  [["--nonsense"], /nonsense/],
] as const)("the options %j are refused with a sentence that names them", async ([options, message]) => {
  await using folder = await dataFolder();
  const run = spawnSync(process.execPath, [main, "--data", folder.dir, ...options], { encoding: "utf8" });
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(message);
});
