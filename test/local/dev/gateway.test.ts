import { once } from "node:events";
import { createServer, connect } from "node:net";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { dataFolder, startDev } from "../../kit/dev.ts";

const main = join(import.meta.dirname, "../../../local/main.ts");

/** Writes raw bytes to the server and waits until the connection is closed, by either side. */
async function raw(url: string, text: string, cut: boolean): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk.toString()));
  socket.write(text);
  if (cut) setImmediate(() => socket.destroy());
  await once(socket, "close");
  return answer;
}

test("requests that nobody should send do not end the server", async () => {
  await using folder = await dataFolder();
  await using dev = await startDev(folder.dir);
  const end = "Host: x\r\nConnection: close\r\n\r\n";
  expect(await raw(dev.url, `GET // HTTP/1.1\r\n${end}`, false)).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw(dev.url, `GET http://[ HTTP/1.1\r\n${end}`, false)).toMatch(/^HTTP\/1\.1 400 /);
  await raw(dev.url, `POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabcde`, true);
  expect((await dev.request("/v1/health")).status).toBe(200);
});

test("D12, I3: 405: a path that takes other methods names them; 404: a path that is not there", async () => {
  await using folder = await dataFolder();
  await using dev = await startDev(folder.dir);
  const wrong = await fetch(`${dev.url}/v1/jobs`, { method: "PUT" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, POST"]);
  expect(await wrong.json()).toMatchObject({ code: "route.method", status: 405 });
  expect((await fetch(`${dev.url}/v1/nothing`)).status).toBe(404);
  const slash = await fetch(`${dev.url}/v1/jobs/`);
  expect([slash.status, await slash.json()]).toMatchObject([
    404,
    { detail: expect.stringContaining("/v1/jobs") },
  ]);
  const home = await fetch(`${dev.url}/`, { redirect: "manual" });
  expect([home.status, home.headers.get("location")]).toEqual([302, "/docs"]);
  expect((await fetch(`${dev.url}/v1/jobs`, { method: "HEAD" })).status).toBe(405);
  const key = "mox_abcdefghijkl_secret";
  expect(await (await fetch(`${dev.url}/v1/nothing?apiKey=${key}`)).text()).not.toContain("secret");
  const asked = await dev.request("/v1/clusters/main/vms/102/snapshots/a%3Fb");
  expect([asked.status, asked.json]).toMatchObject([400, { instance: expect.stringContaining("a%3Fb") }]);
});

test("a folder of the simulator is not used for a real cluster, and a taken port costs nothing that was kept", async () => {
  await using folder = await dataFolder();
  const first = await startDev(folder.dir);
  await first.stop();
  const run = (port: number, ...options: string[]) => {
    const env = { ...process.env, PORT: String(port) };
    return spawnSync(process.execPath, [main, "--data", folder.dir, ...options], { encoding: "utf8", env });
  };
  const fingerprint = Array.from({ length: 32 }, () => "AB").join(":");
  const real = run(
    0,
    "--cluster",
    "https://127.0.0.1:1",
    "--token",
    "a@pve!b=c",
    "--fingerprint",
    fingerprint,
  );
  expect([real.status, real.stderr]).toEqual([1, expect.stringMatching(/belongs to a simulated cluster/)]);
  const other = run(0, "--guests", "48");
  expect([other.status, other.stderr]).toEqual([1, expect.stringMatching(/24 guests; use --fresh/)]);
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const fresh = run(typeof address === "object" && address ? address.port : 0, "--fresh");
  taken.close();
  expect([fresh.status, fresh.stderr]).toEqual([1, expect.stringMatching(/EADDRINUSE/)]);
  expect(existsSync(join(folder.dir, "proxmox.json"))).toBe(true);
  for (const file of readdirSync(folder.dir))
    expect([file, statSync(join(folder.dir, file)).mode & 0o077]).toEqual([file, 0]);
});
