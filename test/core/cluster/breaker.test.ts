import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import type { World } from "../../../core/context.ts";
import { NoAnswer, power, ProxmoxError, tasks, version } from "../../../core/proxmox/index.ts";
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

type Here = Pick<Lab, "clock" | "world">;

const read = ({ clock, world }: Here): Promise<string> =>
  clock.until(meaningOf(connect(world, "main").then(version)));

const readOf = ({ clock, world }: Here, node: string): Promise<string> =>
  clock.until(
    meaningOf(connect(world, "main").then((proxmox) => tasks(proxmox, node, { since: clock.now() }))),
  );

const write = ({ clock, world }: Here): Promise<string> =>
  clock.until(meaningOf(connect(world, "main").then((proxmox) => power(proxmox, guest, "start"))));

const requests = ({ simulator }: Lab) => simulator.counters().total.requests;

const revoke = ({ simulator }: Lab) => simulator.revokeToken(simulator.token.split("=")[0] ?? "");

test("one 401 holds all calls back, and two in a minute at most see whether it is over", async () => {
  const stage = await lab();
  const { clock, world } = stage;
  revoke(stage);
  for (let n = 0; n < 10; n++) expect(await read(stage)).toBe("credentials");
  expect(requests(stage)).toBe(1);
  const until = clock.now().getTime() + 10 * MINUTE;
  while (clock.now().getTime() < until) {
    for (const one of [world, another(world)]) expect(await read({ clock, world: one })).toBe("credentials");
    expect(await write(stage)).toBe("credentials");
    await clock.advance(1000);
  }
  expect(requests(stage)).toBeLessThanOrEqual(12);
  expect(requests(stage)).toBeGreaterThan(9);
});

test("the first call that succeeds closes it, for everyone within five seconds", async () => {
  const stage = await lab();
  const { clock, simulator, world } = stage;
  const tokens = { ...simulator.state.tokens };
  revoke(stage);
  expect(await read(stage)).toBe("credentials");
  const neighbour = { clock, world: another(world) };
  expect(await read(neighbour)).toBe("credentials");
  Object.assign(simulator.state.tokens, tokens);
  expect(await read(stage)).toBe("credentials");
  await clock.advance(30_000);
  expect(await read(stage)).toBe("ok");
  await clock.advance(5000);
  expect(await read(neighbour)).toBe("ok");
});

test("who finds that another's probe has succeeded goes on at once", async () => {
  const stage = await lab();
  const { clock, simulator, world } = stage;
  const tokens = { ...simulator.state.tokens };
  revoke(stage);
  const neighbour = { clock, world: another(world) };
  expect(await read(stage)).toBe("credentials");
  await clock.advance(27_000);
  expect(await read(neighbour)).toBe("credentials");
  Object.assign(simulator.state.tokens, tokens);
  await clock.advance(3000);
  expect([await read(stage), await read(neighbour)]).toEqual(["ok", "ok"]);
});

test("of all that come when the next probe is due one is let through", async () => {
  const stage = await lab();
  const { clock, world } = stage;
  revoke(stage);
  await read(stage);
  await clock.advance(30_000);
  const before = requests(stage);
  const all = Array.from({ length: 20 }, () => connect(another(world), "main").then(version));
  const met = await clock.until(Promise.all(all.map(meaningOf)));
  expect(new Set(met)).toEqual(new Set(["credentials"]));
  expect(requests(stage) - before).toBe(1);
});

test("what was asked before the trouble was known does not end it", async () => {
  const stage = await lab();
  const { clock, simulator, world } = stage;
  simulator.faults.add({ match: { path: "/version" }, do: "delay", milliseconds: 10_000 });
  const slow = meaningOf(connect(world, "main").then(version));
  await clock.advance(5000);
  simulator.faults.add({ match: { path: "/nodes/*" }, do: "answer", status: 401, reason: "no" });
  expect(await readOf(stage, "pve1")).toBe("credentials");
  expect(await clock.until(slow)).toBe("ok");
  expect(await read(stage)).toBe("credentials");
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
  expect(rows.map(({ sk }) => sk)).toEqual([expect.stringMatching(/^credentials#[0-9a-f]{2}$/)]);
  expect(JSON.stringify(rows)).not.toContain(secret.slice(0, 8));
  expect(simulator.token).not.toContain(secret);
});

test("a worker without the pepper reaches Proxmox: the breaker needs no secret of ours", async () => {
  const stage = await lab();
  const settings = Object.defineProperty({ ...stage.world.settings }, "pepper", {
    get: () => {
      throw new Error("not linked");
    },
  });
  const world = { ...stage.world, settings };
  expect(await read({ clock: stage.clock, world })).toBe("ok");
});

test("lost quorum holds writes back and not reads; one question now and then sees whether it is over", async () => {
  const stage = await lab();
  const { clock, simulator } = stage;
  const writes = () => simulator.counters().calls["POST /nodes/{node}/qemu/{vmid}/status/start"]?.requests;
  simulator.setQuorum(false);
  expect(await write(stage)).toBe("quorum");
  for (let n = 0; n < 5; n++) expect(await write(stage)).toBe("quorum");
  expect(requests(stage)).toBe(1);
  expect(await read(stage)).toBe("ok");
  expect(await write(stage)).toBe("quorum");
  await clock.advance(30_000);
  expect(await write(stage)).toBe("quorum");
  expect([requests(stage), writes()]).toEqual([3, 1]);
  simulator.setQuorum(true);
  await clock.advance(60_000);
  expect(await write(stage)).toBe("ok");
  expect(await write(stage)).toBe("ok");
});

test("a token that may not see whether there is quorum tries a write now and then", async () => {
  const stage = await lab();
  const { clock, simulator } = stage;
  const match = { path: "/cluster/status" };
  simulator.faults.add({ match, do: "answer", status: 403, reason: "Permission check failed" });
  simulator.setQuorum(false);
  expect(await write(stage)).toBe("quorum");
  await clock.advance(30_000);
  expect(await write(stage)).toBe("quorum");
  expect(await write(stage)).toBe("quorum");
  expect(requests(stage)).toBe(3);
  simulator.setQuorum(true);
  await clock.advance(60_000);
  expect(await write(stage)).toBe("ok");
});

test("a node that is not reached holds back what is for it, and nothing else", async () => {
  const stage = await lab();
  const { clock, simulator } = stage;
  simulator.setNode("pve2", { online: false });
  expect(await readOf(stage, "pve2")).toBe("unsent");
  const known = requests(stage);
  for (let n = 0; n < 5; n++) expect(await readOf(stage, "pve2")).toBe("unsent");
  expect(requests(stage)).toBe(known);
  expect([await readOf(stage, "pve1"), await write(stage), await read(stage)]).toEqual(["ok", "ok", "ok"]);
  simulator.setNode("pve2", { online: true });
  await clock.advance(30_000);
  expect(await readOf(stage, "pve2")).toBe("ok");
});

test("a node that does not answer a read in time is taken for away, one that hangs over a write is not", async () => {
  const stage = await lab();
  const { clock, world } = stage;
  const silent = (method: string): World => ({
    ...another(world),
    dial: (target) => {
      const transport = world.dial(target);
      return async (wire) => {
        if (wire.method !== method || wire.node !== "pve1") return transport(wire);
        await clock.sleep(wire.timeoutMs);
        throw new NoAnswer(`no answer within ${wire.timeoutMs} ms`, true);
      };
    },
  });
  const writing = { clock, world: silent("POST") };
  expect([await write(writing), await readOf(writing, "pve1")]).toEqual(["ambiguous", "ok"]);
  const reading = { clock, world: silent("GET") };
  expect(await readOf(reading, "pve1")).toBe("ambiguous");
  expect([await readOf(reading, "pve1"), await write(reading)]).toEqual(["unsent", "unsent"]);
  expect(await readOf(reading, "pve2")).toBe("ok");
});

test("a cluster of which no endpoint is reached is asked once a minute, and found again", async () => {
  const stage = await lab();
  const { clock, simulator, world } = stage;
  let sent = 0;
  const dial: World["dial"] = (target) => {
    const transport = world.dial(target);
    return (wire) => ((sent += 1), transport(wire));
  };
  const here = { clock, world: { ...world, dial } };
  simulator.setNode("pve1", { online: false });
  for (let n = 0; n < 600; n++) {
    expect([await read(here), await write(here)]).toEqual(["unsent", "unsent"]);
    await clock.advance(1000);
  }
  expect(sent).toBeLessThanOrEqual(12);
  simulator.setNode("pve1", { online: true });
  await clock.advance(MINUTE);
  expect(await read(here)).toBe("ok");
});

test("a breaker of which nobody has asked for an hour is forgotten, whether or not it is still there", async () => {
  const stage = await lab();
  const { clock, store } = stage;
  revoke(stage);
  await read(stage);
  const [row] = await store.query({ table: "Runtime", pk: "breaker#main" });
  if (!row) throw new Error("no row");
  const gone = {
    ...row,
    probeAt: clock.now().getTime() + 9_999_999,
    expiresAt: clock.now().getTime() / 1000 - 1,
  };
  await store.write([{ table: "Runtime", put: gone }]);
  const before = requests(stage);
  const late = { clock, world: another(stage.world) };
  expect([await read(late), await read(late)]).toEqual(["credentials", "credentials"]);
  expect(requests(stage) - before).toBe(1);
  expect(await store.query({ table: "Runtime", pk: "breaker#main" })).toMatchObject([{ probes: 0 }]);
});

test("a breaker costs no read per call", async () => {
  const stage = await lab();
  let queries = 0;
  const store: World["store"] = {
    ...stage.store,
    query: (query) => ((queries += 1), stage.store.query(query)),
  };
  const here = { clock: stage.clock, world: { ...stage.world, store } };
  for (let n = 0; n < 50; n++) await read(here);
  expect(queries).toBe(1);
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
  revoke(stage);
  await read(stage);
  const proxmox = await connect(stage.world, "main");
  const until = new Date(stage.clock.now().getTime() + 30_000).toISOString();
  await expect(version(proxmox)).rejects.toMatchObject({
    message: `Authentication failed! (not asked again before ${until})`,
    refusal: { path: "/version", status: 401 },
  });
});
