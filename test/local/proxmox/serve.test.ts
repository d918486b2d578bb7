import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import { afterAll, expect, test } from "vitest";
import { keptCertificate } from "../../../local/proxmox/certificate.ts";
import { serveControl } from "../../../local/proxmox/control.ts";
import { createSimulator, serve } from "../../../local/proxmox/index.ts";

const folder = mkdtempSync(join(tmpdir(), "moxxie-simulator-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const agent = () => new Agent({ connect: { rejectUnauthorized: false } });

test("over HTTPS the reason phrase and the duplicated Connection header arrive as from Proxmox", async () => {
  const simulator = createSimulator();
  const served = await serve(simulator);
  const dispatcher = agent();
  const headers = { authorization: `PVEAPIToken=${simulator.token}` };
  const ask = (path: string) => request(`${served.url}/api2/json${path}`, { dispatcher, headers });
  const version = await ask("/version");
  expect(await version.body.json()).toMatchObject({ data: { release: "8.4" } });
  const missing = await ask("/nodes/pve1/qemu/999/config");
  expect([missing.statusCode, missing.statusText]).toEqual([
    500,
    "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
  ]);
  await missing.body.dump();
  const forwarded = await ask("/nodes/pve1/qemu/101/status/current");
  expect(forwarded.headers.connection).toBe("close, Keep-Alive");
  await forwarded.body.dump();
  expect(served.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  await dispatcher.close();
  await served.close();
});

test("a cut request is a closed socket", async () => {
  const simulator = createSimulator();
  const served = await serve(simulator);
  const dispatcher = agent();
  simulator.faults.add({ match: {}, do: "cut-before" });
  await expect(request(`${served.url}/api2/json/version`, { dispatcher })).rejects.toMatchObject({
    code: "UND_ERR_SOCKET",
  });
  await dispatcher.close();
  await served.close();
});

test("the certificate and so the fingerprint survive a restart", async () => {
  const file = join(folder, "certificate.json");
  const fingerprints = [];
  for (let run = 0; run < 2; run++) {
    const served = await serve(createSimulator({ guests: 0 }), { certificate: await keptCertificate(file) });
    fingerprints.push(served.fingerprint);
    await served.close();
  }
  expect(fingerprints[0]).toBe(fingerprints[1]);
});

test("the second port shows the state, takes faults and takes nodes off the network", async () => {
  const simulator = createSimulator();
  const control = await serveControl(simulator);
  const send = async (method: "GET" | "POST" | "DELETE", path: string, body?: unknown) =>
    (
      await request(`${control.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${control.key}` },
        body: body ? JSON.stringify(body) : null,
      })
    ).body.json();
  expect(await send("GET", "/state")).toMatchObject({ cluster: "main" });
  expect(await send("POST", "/faults", { match: { path: "/version" }, do: "cut-after" })).toEqual({ id: 1 });
  expect(simulator.faults.list()).toHaveLength(1);
  await send("DELETE", "/faults");
  expect(simulator.faults.list()).toHaveLength(0);
  await send("POST", "/nodes/pve3", { online: false });
  expect(simulator.state.nodes.pve3?.online).toBe(false);
  expect(await send("GET", "/counters")).toMatchObject({ total: { requests: 0 } });
  await control.close();
});
