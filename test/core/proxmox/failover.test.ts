import { expect, test } from "vitest";
import { failover } from "../../../core/proxmox/failover.ts";
import { gate } from "../../../core/proxmox/lane.ts";
import { NoAnswer, type Target, type WireRequest } from "../../../core/proxmox/transport.ts";
import { virtualClock } from "../../kit/clock.ts";

const OK = { status: 200, reason: "OK", body: "" };
const get: WireRequest = { method: "GET", target: "/x", timeoutMs: 1 };

/** Three endpoints, of which some fail in some way. */
function cluster(fails: Record<string, NoAnswer>, nodes: Record<string, string> = {}) {
  const clock = virtualClock();
  const asked: string[] = [];
  const target: Target = {
    cluster: "main",
    endpoints: ["https://a:8006", "https://b:8006/", "https://c:8006"],
    fingerprints: [],
    nodes,
    credential: { token: "x" },
  };
  const carry = failover(target, clock, async (endpoint) => {
    const name = new URL(endpoint).hostname;
    asked.push(name);
    const failure = fails[name];
    if (failure) throw failure;
    return OK;
  });
  return { asked, carry, clock, fails };
}

const unsent = () => new NoAnswer("refused", false);
const cut = () => new NoAnswer("cut", true);

test("the next endpoint is asked only when the one before was surely not reached", async () => {
  const one = cluster({ a: unsent(), b: unsent() });
  expect(await one.carry(get, {})).toBe(OK);
  expect(one.asked).toEqual(["a", "b", "c"]);
  const two = cluster({ a: cut() });
  await expect(two.carry(get, {})).rejects.toMatchObject({ sent: true });
  expect(two.asked).toEqual(["a"]);
});

test("an endpoint that did not answer is asked last for half a minute, and then in its turn again", async () => {
  const { asked, carry, clock, fails } = cluster({ a: cut() });
  await carry(get, {}).catch(() => undefined);
  await carry(get, {});
  delete fails["a"];
  await clock.advance(29_999);
  await carry(get, {});
  await clock.advance(1);
  await carry(get, {});
  expect(asked).toEqual(["a", "b", "b", "a"]);
});

test("when all are down all are asked, and one that answers again is up at once", async () => {
  const { asked, carry, fails } = cluster({ a: unsent(), b: unsent(), c: unsent() });
  await expect(carry(get, {})).rejects.toMatchObject({ sent: false });
  delete fails["b"];
  await carry(get, {});
  await carry(get, {});
  expect(asked).toEqual(["a", "b", "c", "a", "b", "b"]);
});

test("the owning node is spoken to directly when its endpoint is known, and the others when it is not reached", async () => {
  const { asked, carry, fails } = cluster({}, { pve3: "https://c:8006/" });
  await carry({ ...get, node: "pve3" }, {});
  await carry({ ...get, node: "pve9" }, {});
  fails["c"] = unsent();
  await carry({ ...get, node: "pve3" }, {});
  await carry({ ...get, node: "pve3" }, {});
  expect(asked).toEqual(["c", "a", "c", "a", "a"]);
});

test("one agent call runs on a node at a time, in the order in which they came; others do not wait for it", async () => {
  const lanes = gate();
  const ends: (() => void)[] = [];
  const began: string[] = [];
  const work = (name: string) => () =>
    new Promise<void>((resolve) => {
      began.push(name);
      ends.push(resolve);
    });
  const all = ["1", "2", "3"].map((name) => lanes("pve1 agent", "agent", work(name)));
  const other = lanes("pve2 agent", "agent", work("elsewhere"));
  const read = lanes("pve1 read", "read", work("read"));
  expect(began).toEqual(["1", "elsewhere", "read"]);
  for (let n = 0; n < 5; n++) {
    ends.shift()?.();
    await new Promise((resolve) => void setImmediate(resolve));
  }
  await Promise.all([...all, other, read]);
  expect(began).toEqual(["1", "elsewhere", "read", "2", "3"]);
});

test("an agent call that fails lets the next one begin", async () => {
  const lanes = gate();
  await expect(lanes("a", "agent", () => Promise.reject(new Error("no agent")))).rejects.toThrow("no agent");
  expect(await lanes("a", "agent", async () => "next")).toBe("next");
});

test("A1: what was to be sent before an instant is sent to no further endpoint afterwards", async () => {
  const stage = cluster({ a: unsent() });
  const before = stage.clock.now().getTime() + 1000;
  const put: WireRequest = { ...get, method: "PUT", before };
  expect(await stage.carry(put, {})).toBe(OK);
  await stage.clock.advance(1000);
  await expect(stage.carry(put, {})).rejects.toMatchObject({ sent: false });
  expect(stage.asked).toEqual(["a", "b"]);
});
