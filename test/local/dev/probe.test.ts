import { expect, test } from "vitest";
import { probe } from "../../../local/dev/probe.ts";
import { createSimulator, serve } from "../../../local/proxmox/index.ts";
import { makeCertificate } from "../../../local/proxmox/certificate.ts";

test("a wrong token, a wrong fingerprint and a port where nobody listens are told at the start", async () => {
  const simulator = createSimulator({ version: "8.4", guests: 0, speed: 6 });
  const served = await serve(simulator, { certificate: await makeCertificate() });
  const { url, fingerprint } = served;
  const right = {
    name: "your cluster",
    url,
    fingerprint,
    token: simulator.token,
    simulated: undefined,
    stop: () => Promise.resolve(),
  };
  expect(await probe(right)).toBeUndefined();
  expect(await probe({ ...right, token: `${simulator.token}x` })).toEqual(expect.any(String));
  const other = Array.from({ length: 32 }, () => "AB").join(":");
  expect(await probe({ ...right, fingerprint: other })).toMatch(/certificate|fingerprint/i);
  await served.close();
  expect(await probe(right)).toEqual(expect.any(String));
});
