import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import type { World } from "../../../core/context.ts";
import { power, ProxmoxError, version } from "../../../core/proxmox/index.ts";
import { lab, type Lab } from "../../kit/lab.ts";

const guest = { node: "pve1", type: "qemu" as const, vmid: 101 };
const MINUTE = 60_000;

/** Another function that works on the same tables: it has learnt nothing but what is stored. */
const another = (world: World): World => ({ ...world, store: { ...world.store } });

const meaningOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: unknown) => (error instanceof ProxmoxError ? error.meaning : String(error)),
  );

async function read({ clock, world }: Pick<Lab, "clock" | "world">): Promise<string> {
  return clock.until(meaningOf(connect(world, "main").then(version)));
}

async function write({ clock, world }: Pick<Lab, "clock" | "world">): Promise<string> {
  return clock.until(meaningOf(connect(world, "main").then((proxmox) => power(proxmox, guest, "start"))));
}

const requests = ({ simulator }: Lab) => simulator.counters().total.requests;

test("one 401 holds all calls back, and two in a minute at most see whether it is over", async () => {
  const stage = await lab();
  const { clock, simulator, world } = stage;
  simulator.revokeToken(simulator.token.split("=")[0] ?? "");
  for (let n = 0; n < 10; n++) expect(await read(stage)).toBe("credentials");
  expect(requests(stage)).toBe(1);
  const until = clock.now().getTime() + 10 * MINUTE;
  while (clock.now().getTime() < until) {
    for (const one of [world, another(world)]) expect(await read({ clock, world: one })).toBe("credentials");
    expect(await write(stage)).toBe("credentials");
    await clock.advance(1000);
  }
  expect(requests(stage)).toBeLessThanOrEqual(21);
  expect(requests(stage)).toBeGreaterThan(10);
});

test("the first call that succeeds closes it, for everyone within five seconds", async () => {
  const stage = await lab();
  const { clock, simulator, world } = stage;
  const id = simulator.token.split("=")[0] ?? "";
  const token = simulator.state.tokens[id];
  if (!token) throw new Error("no token");
  simulator.revokeToken(id);
  expect(await read(stage)).toBe("credentials");
  const neighbour = { clock, world: another(world) };
  expect(await read(neighbour)).toBe("credentials");
  simulator.state.tokens[id] = token;
  expect(await read(stage)).toBe("credentials");
  await clock.advance(30_000);
  expect(await read(stage)).toBe("ok");
  await clock.advance(5000);
  expect(await read(neighbour)).toBe("ok");
});

test("a new credential is asked with at once, and what is stored of the old one tells nothing of it", async () => {
  const stage = await lab();
  const { clock, simulator, store, world } = stage;
  const secret = "11111111-2222-3333-4444-555555555555";
  const wrong = { ...world, secrets: { read: async () => `root@pam!main=${secret}` } };
  expect(await read({ clock, world: wrong })).toBe("credentials");
  expect(await read({ clock, world: wrong })).toBe("credentials");
  expect(await read(stage)).toBe("ok");
  const rows = await store.query({ table: "Runtime", pk: "breaker#main" });
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(secret.slice(0, 8));
  expect(simulator.token).not.toContain(secret);
});

test("lost quorum holds writes back and not reads; one write in half a minute sees whether it is over", async () => {
  const stage = await lab();
  const { clock, simulator } = stage;
  simulator.setQuorum(false);
  expect(await write(stage)).toBe("quorum");
  const first = requests(stage);
  for (let n = 0; n < 5; n++) expect(await write(stage)).toBe("quorum");
  expect(requests(stage)).toBe(first);
  expect(await read(stage)).toBe("ok");
  expect(await write(stage)).toBe("quorum");
  await clock.advance(30_000);
  expect(await write(stage)).toBe("quorum");
  expect(requests(stage)).toBe(first + 2);
  simulator.setQuorum(true);
  await clock.advance(30_000);
  expect(await write(stage)).toBe("ok");
  expect(await write(stage)).toBe("ok");
});

test("a refusal that concerns one guest holds nothing back", async () => {
  const stage = await lab();
  const { clock, world } = stage;
  const gone = { ...guest, vmid: 99_999 };
  const ask = () => connect(world, "main").then((proxmox) => power(proxmox, gone, "start"));
  await clock.until(meaningOf(ask()));
  expect(await read(stage)).toBe("ok");
  expect(await stage.store.query({ table: "Runtime", pk: "breaker#main" })).toEqual([]);
});

test("what is held back says why, and until when", async () => {
  const stage = await lab();
  stage.simulator.revokeToken(stage.simulator.token.split("=")[0] ?? "");
  await read(stage);
  const proxmox = await connect(stage.world, "main");
  const until = new Date(stage.clock.now().getTime() + 30_000).toISOString();
  await expect(version(proxmox)).rejects.toMatchObject({
    message: `Authentication failed! (not asked again before ${until})`,
    refusal: { path: "/version", status: 401 },
  });
});
