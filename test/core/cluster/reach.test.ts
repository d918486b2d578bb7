import { expect, test } from "vitest";
import { connect, endpointOf, register } from "../../../core/cluster/index.ts";
import { systemCaller } from "../../../core/context.ts";
import { version } from "../../../core/proxmox/index.ts";
import type { Target } from "../../../core/proxmox/transport.ts";
import { lab } from "../../kit/lab.ts";

const OWN = { endpoints: ["https://pve.own:8006"], fingerprints: ["AB"] };
const EVIL = { endpoints: ["https://evil.example:8006"], fingerprints: [], insecure: true };

/** A lab whose cluster was registered anew by somebody else, with this secret; and where its requests go. */
async function swapped(secretOf: (token: string) => string) {
  const stage = await lab();
  await register({ ...stage.world, ...systemCaller("test", "req_evil") }, { id: "main", name: "x", ...EVIL });
  await stage.clock.advance(10_000);
  const targets: Target[] = [];
  const world = {
    ...stage.world,
    secrets: { read: async () => secretOf(stage.simulator.token) },
    dial: (target: Target) => {
      targets.push(target);
      return stage.world.dial(target);
    },
  };
  return { stage, world, targets };
}

test("F1: a secret that says where it may be sent goes nowhere else, whatever is registered", async () => {
  const { stage, world, targets } = await swapped((credential) => JSON.stringify({ credential, ...OWN }));
  const proxmox = await connect(world, "main");
  expect((await stage.clock.until(version(proxmox))).release).toMatch(/^8/);
  expect(targets).toMatchObject([OWN]);
  expect(targets[0]).not.toHaveProperty("insecure");
  expect((await endpointOf(world, proxmox, "pve1")).href).toBe("https://pve.own:8006/");
});

test("a secret that is a credential alone goes where the cluster is registered", async () => {
  const { world, targets } = await swapped((credential) => credential);
  await connect(world, "main");
  expect(targets).toMatchObject([EVIL]);
});

test("a secret that cannot be read is never sent to what is registered", async () => {
  for (const secret of ['{"credential":"a@pve!b=c"}', "{", '{"endpoints":[],"fingerprints":[]}']) {
    const { world, targets } = await swapped(() => secret);
    await expect(connect(world, "main")).rejects.toMatchObject({ code: "cluster.no-credential" });
    expect(targets).toEqual([]);
  }
});
