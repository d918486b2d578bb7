import * as z from "zod";
import { expect, test } from "vitest";
import { jsonLog } from "../../../core/lib/log.ts";
import {
  backUp,
  clusterStatus,
  config,
  parseUpid,
  placements,
  power,
  proxmoxClient,
  ProxmoxError,
  resizeDisk,
  resources,
  taskLog,
  toFault,
  type Proxmox,
} from "../../../core/proxmox/index.ts";
import { isProven, lookFor } from "../../../core/proxmox/observe.ts";
import { missingPrivilege } from "../../../core/proxmox/privilege.ts";
import { ask } from "../../../core/proxmox/request.ts";
import { flag, numeric } from "../../../core/proxmox/wire.ts";
import { virtualClock } from "../../kit/clock.ts";

const UPID = "UPID:pve1:0002A4F1:019C1B7E:6740F2C5:qmstart:101:root@pam!main:";
const guest = { node: "pve1", type: "qemu" as const, vmid: 101 };

/** A cluster of this version that gives this answer to everything but the question for its version. */
function saying(data: unknown, version = "8.4.1"): { proxmox: Proxmox; asked: string[] } {
  const asked: string[] = [];
  const clock = virtualClock();
  const proxmox = proxmoxClient(
    "main",
    async ({ target, method }) => {
      asked.push(`${method} ${target}`);
      const body = JSON.stringify({ data: target.endsWith("/version") ? { version } : data });
      return { status: 200, reason: "OK", body };
    },
    {
      clock,
      log: jsonLog(
        () => undefined,
        () => clock.now(),
      ),
    },
  );
  return { proxmox, asked };
}

const meaningOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof ProxmoxError ? error.meaning : String(error)),
  );

test("numbers and truths are read however Perl wrote them, and nothing else is taken for them", () => {
  for (const one of [5, "5", "5.0", "+5", "0.5e1"]) expect(numeric.parse(one)).toBe(5);
  for (const bad of ["", " ", "5x", "0x5", null, true, [], {}, "Infinity", NaN])
    expect(numeric.safeParse(bad).success).toBe(false);
  for (const yes of [1, "1", true]) expect(flag.parse(yes)).toBe(true);
  for (const no of [0, "0", "", false]) expect(flag.parse(no)).toBe(false);
  for (const bad of [2, "yes", null, [], "true"]) expect(flag.safeParse(bad).success).toBe(false);
});

test("a guest without figures is read, one that cannot be read is no answer: it would look as if it were gone", async () => {
  const bare = { id: "qemu/101", type: "qemu", vmid: "101", node: "pve1" };
  const { guests, nodes } = await resources(
    saying([bare, { type: "sdn", id: "sdn/a" }, { type: "node", node: "pve1" }]).proxmox,
  );
  expect(guests).toEqual([{ ...bare, vmid: 101, status: "unknown" }]);
  expect(nodes).toEqual([{ type: "node", node: "pve1", status: "unknown" }]);
  for (const broken of [
    { ...bare, vmid: null },
    { ...bare, template: "maybe" },
    { ...bare, node: 5 },
    { type: "node" },
  ])
    expect(await meaningOf(resources(saying([bare, broken]).proxmox))).toBe("ambiguous");
});

test("a key that would change what every object is stays a value", async () => {
  const proxmox = saying(
    JSON.parse('[{"type":"qemu","id":"q","vmid":1,"node":"a","__proto__":{"status":"running"}}]'),
  ).proxmox;
  const { guests } = await resources(proxmox);
  expect(guests).toEqual([{ id: "q", type: "qemu", vmid: 1, node: "a", status: "unknown" }]);
  expect(Object.keys({})).toEqual([]);
});

test("quorum is a truth, and a node outside a cluster has it", async () => {
  const node = { type: "node", name: "a", online: "1" };
  expect(
    (await clusterStatus(saying([{ type: "cluster", name: "c", quorate: 0 }, node]).proxmox)).quorate,
  ).toBe(false);
  expect(await clusterStatus(saying([node]).proxmox)).toEqual({
    quorate: true,
    nodes: [{ name: "a", online: true }],
  });
});

test("memory is MiB, as a number up to 8.0 and as a property string after", async () => {
  for (const memory of [2048, "2048", "current=2048", "2048,foo=1"])
    expect((await config(saying({ digest: "d", memory }).proxmox, guest)).memory).toBe(2048);
  expect((await config(saying({ digest: "d" }).proxmox, guest)).memory).toBeUndefined();
  expect(await meaningOf(config(saying({ digest: "d", memory: "much" }).proxmox, guest))).toBe("ambiguous");
});

test("what began is a UPID and nothing else; the answer that is none may have begun something", async () => {
  expect(await power(saying(UPID).proxmox, guest, "start")).toBe(UPID);
  for (const bad of ["OK", null, "", 5, `${UPID}\n`, UPID.replace("pve1", "../x")])
    expect(await meaningOf(power(saying(bad).proxmox, guest, "start"))).toBe("ambiguous");
});

test("the log of a task that no index knows any more is one line, in a list or, before 9.0, by itself", async () => {
  const task = parseUpid(UPID);
  if (!task) throw new Error("no UPID");
  const line = { n: 1, t: "no content" };
  for (const data of [line, [line]])
    expect(await taskLog(saying(data).proxmox, task)).toEqual(["no content"]);
});

test("a resize answers null in 7.4 and a UPID later", async () => {
  const disk = { disk: "scsi0", size: "+1G" } as const;
  expect(await resizeDisk(saying(null).proxmox, guest, disk)).toBeNull();
  expect(await resizeDisk(saying(UPID).proxmox, guest, disk)).toBe(UPID);
  expect(await meaningOf(resizeDisk(saying("OK").proxmox, guest, disk))).toBe("ambiguous");
});

test('"OK" from vzdump is no success: the guest has moved', async () => {
  expect(await backUp(saying(UPID).proxmox, "pve1", { vmid: "101" })).toBe(UPID);
  expect(await meaningOf(backUp(saying("OK").proxmox, "pve1", { vmid: "101" }))).toBe("moved");
});

test("HA is asked for rules from 9.0, and for groups before; the version is asked for once", async () => {
  const groups = saying([{ group: "g", nodes: "a:2,b", restricted: "1" }], "8.4.21");
  expect(await placements(groups.proxmox)).toEqual([
    { name: "g", kind: "group", nodes: "a:2,b", strict: true },
  ]);
  await placements(groups.proxmox);
  expect(groups.asked).toEqual(["GET /version", "GET /cluster/ha/groups", "GET /cluster/ha/groups"]);
  const rules = saying([{ rule: "r", type: "node-affinity", strict: 1 }], "9.0.3");
  expect(await placements(rules.proxmox)).toEqual([
    { name: "r", kind: "rule", nodes: undefined, strict: true },
  ]);
});

test("what the version cannot do is refused before it is sent, and says from when it can", async () => {
  const stop = (version: string) => {
    const { proxmox, asked } = saying(UPID, version);
    const call = ask(
      "POST /nodes/{node}/qemu/{vmid}/status/stop",
      { node: "a", vmid: 101 },
      { "overrule-shutdown": true },
    );
    return { asked, result: proxmox.call(call, z.string()) };
  };
  const old = stop("8.1-4");
  await expect(old.result).rejects.toMatchObject({
    meaning: "permanent",
    message: expect.stringContaining("overrule-shutdown is there from Proxmox VE 8.2"),
  });
  expect(old.asked).toEqual(["GET /nodes/a/version"]);
  for (const version of ["8.2.0", "8.4-1", "9.0.10", "10.0"]) expect(await stop(version).result).toBe(UPID);
});

test("a call that every version has never asks for the version", async () => {
  const { proxmox, asked } = saying(UPID);
  await power(proxmox, guest, "stop");
  expect(asked).toEqual(["POST /nodes/pve1/qemu/101/status/stop"]);
});

test.each([
  [403, "Permission check failed (/vms/100, VM.PowerMgmt)", { path: "/vms/100", anyOf: ["VM.PowerMgmt"] }],
  [
    403,
    "Permission check failed (/vms/100, VM.Config.Disk|VM.Config.CDROM)",
    { path: "/vms/100", anyOf: ["VM.Config.Disk", "VM.Config.CDROM"] },
  ],
  [403, "Permission check failed (/, Sys.Audit)", { path: "/", anyOf: ["Sys.Audit"] }],
  [403, "Permission check failed", undefined],
  [403, "Permission check failed (pool 'x' does not exist)", undefined],
  [500, "Permission check failed (/vms/100, VM.PowerMgmt)", undefined],
] as const)("%d %j lacks %j", (status, reason, missing) => {
  expect(missingPrivilege(status, reason)).toEqual(missing);
  const error = new ProxmoxError("permanent", { path: "/x", status, reason });
  expect(toFault(error).message.includes("the credential lacks")).toBe(missing !== undefined);
});

const task = (more: object) => ({ upid: UPID, type: "qmstart", id: "101", starttime: 1000, ...more });
const trace = { node: "pve1", vmid: 101, types: ["qmstart"], sentAt: new Date(1_000_000) };

test("what a request did is looked for in the tasks first, then in the object, and nothing is changed", async () => {
  const look = async (rows: unknown, there: boolean) => {
    const { proxmox, asked } = saying(rows);
    const seen = await lookFor(proxmox, trace, async () => there);
    expect(asked).toEqual(["GET /nodes/pve1/tasks?source=all&since=700&limit=1500&vmid=101"]);
    return seen;
  };
  const over = (status: string, starttime = 1000) => task({ starttime, endtime: 1002, status });
  expect(await look([task({})], true)).toEqual({ state: "running", upid: UPID });
  expect(await look([over("OK")], true)).toEqual({ state: "there", upid: UPID });
  expect(await look([over("no")], false)).toEqual({ state: "ended", upid: UPID, exit: "no" });
  expect(await look([task({ type: "vzdump" })], false)).toEqual({ state: "absent" });
  expect(await look([], true)).toEqual({ state: "there" });
  // Our clock may have been ahead: what still runs may be ours, what had ended before the request is not.
  expect(await look([task({ starttime: 880 })], true)).toEqual({ state: "running", upid: UPID });
  expect(await look([over("no", 880)], false)).toEqual({ state: "absent" });
});

test("nothing seen is proof only after three looks, the last when Proxmox has given up", () => {
  expect([isProven(2, 60_000), isProven(3, 34_999), isProven(3, 35_000)]).toEqual([false, false, true]);
});
