import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import { backupsOn, current, power, ProxmoxError, tasks } from "../../../core/proxmox/index.ts";
import { spec as backups } from "../../../functions/api/backups/list.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { List } from "../../kit/shape.ts";
import * as z from "zod";

const guest = { node: "pve1", type: "qemu" as const, vmid: 101 };
const other = { node: "pve1", type: "qemu" as const, vmid: 107 };

async function met(
  { clock, world }: Lab,
  ask: (proxmox: Awaited<ReturnType<typeof connect>>) => Promise<unknown>,
) {
  const proxmox = await connect(world, "main");
  return clock.until(
    ask(proxmox).then(
      () => "ok",
      (error: unknown) => (error instanceof ProxmoxError ? error.meaning : String(error)),
    ),
  );
}

/** A call that never answers: it is given up after as long as the client waits for it. */
const hang = (stage: Lab, match: { path: string; vmid?: number }, milliseconds: number) => {
  stage.simulator.faults.add({ match, do: "delay", milliseconds });
  stage.simulator.faults.add({ match, do: "cut-after" });
};

test("B7: a storage that hangs is left alone for a while; its node, its guests and its other storages are not", async () => {
  const stage = await lab();
  hang(stage, { path: "/nodes/pve1/storage/backup/content" }, 25_000);
  const scan = (storage: string) => met(stage, (proxmox) => backupsOn(proxmox, { node: "pve1", storage }));
  expect(await scan("backup")).toBe("ambiguous");
  const before = stage.clock.now().getTime();
  expect(await scan("backup")).toBe("unsent");
  expect(stage.clock.now().getTime()).toBe(before);
  expect(await scan("local")).toBe("ok");
  expect(await met(stage, (proxmox) => tasks(proxmox, "pve1", { since: stage.clock.now() }))).toBe("ok");
  expect(await met(stage, (proxmox) => power(proxmox, other, "start"))).toBe("ok");
});

test("B7: a guest whose monitor hangs does not shut its node, and can be stopped", async () => {
  const stage = await lab();
  hang(stage, { path: "/nodes/{node}/qemu/{vmid}/status/current", vmid: 101 }, 15_000);
  expect(await met(stage, (proxmox) => current(proxmox, guest))).toBe("ambiguous");
  expect(await met(stage, (proxmox) => current(proxmox, guest))).toBe("unsent");
  expect(await met(stage, (proxmox) => current(proxmox, other))).toBe("ok");
  expect(await met(stage, (proxmox) => power(proxmox, guest, "stop"))).toBe("ok");
});

test("B7: 200: a slow listing of storages and a slow storage together are answered before the gateway gives up", async () => {
  const stage = await lab();
  for (const path of ["/cluster/resources", "/nodes/pve1/storage/local/content"])
    stage.simulator.faults.add({ match: { path }, do: "delay", milliseconds: 18_000 });
  const start = stage.clock.now().getTime();
  const answer = await stage.call({ spec: backups });
  expect(stage.clock.now().getTime() - start).toBeLessThan(25_000);
  expect(answer.json).toMatchObject({ partial: true });
  expect(answer.body).toContain("storage.slow");
});

test("B7: a node that does not answer as a whole is still held back as a whole", async () => {
  const stage = await lab();
  hang(stage, { path: "/nodes/{node}/tasks" }, 20_000);
  const list = () => met(stage, (proxmox) => tasks(proxmox, "pve1", { since: stage.clock.now() }));
  expect(await list()).toBe("ambiguous");
  expect(await met(stage, (proxmox) => current(proxmox, guest))).toBe("unsent");
});

test.for([
  ["slow", 24_000],
  ["one that hangs", 60_000],
] as const)(
  "B7: 200: a storage that is %s is named, and the others are listed before the gateway gives up",
  async ([, milliseconds]) => {
    const stage = await lab();
    stage.simulator.faults.add({
      match: { path: "/nodes/pve1/storage/local/content" },
      do: "delay",
      milliseconds,
    });
    const start = stage.clock.now().getTime();
    const answer = await stage.call({ spec: backups }, { query: { limit: "200" } });
    expect(stage.clock.now().getTime() - start).toBeLessThan(25_000);
    const { partial, warnings } = List(z.unknown()).parse(answer.json);
    expect({ partial, warnings }).toMatchObject({
      partial: true,
      warnings: [
        { code: "storage.slow", detail: expect.stringMatching(/storage local of cluster main on pve1/) },
      ],
    });
  },
);
