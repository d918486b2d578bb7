import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

const TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops@host";
const FORM = { vmid: 900, ostemplate: TEMPLATE, rootfs: "local-lvm:4" };

function stocked(options: Parameters<typeof simulation>[0] = {}) {
  const found = simulation(options);
  const file = { content: "vztmpl", format: "tzst", size: 126e6, used: 126e6, ctime: 0 };
  found.simulator.state.volumes.push({ volid: TEMPLATE, storage: "local", ...file });
  const make = (form: Record<string, string | number> = {}) =>
    found.post("/nodes/pve1/lxc", { ...FORM, ...form });
  return { ...found, make };
}

test("a container has its lock before the answer, its configuration before its task ends, and its defaults last", async () => {
  const { make, ended, simulator, clock } = stocked();
  const answer = await make({ net0: "name=eth0,bridge=vmbr0", description: "mine" });
  expect(answer.json.data).toContain(":vzcreate:900:");
  const guest = () => simulator.state.guests[900];
  expect(guest()).toMatchObject({ kind: "lxc", lock: "create", config: {} });
  while (guest()?.lock !== undefined) await clock.step();
  expect(guest()?.config).toMatchObject({ description: "mine", ostype: "debian" });
  expect(guest()?.config).not.toHaveProperty("hostname");
  expect(await ended(answer)).toBe("OK");
  expect(guest()?.config).toEqual({
    arch: "amd64",
    description: "mine",
    hostname: "CT900",
    memory: "512",
    net0: expect.stringMatching(/^name=eth0,bridge=vmbr0,hwaddr=([0-9A-F]{2}:){5}[0-9A-F]{2},type=veth$/),
    ostype: "debian",
    rootfs: "local-lvm:vm-900-disk-0,size=4G",
    swap: "512",
  });
});

test("a template that is not there fails the task, and nothing is left", async () => {
  const { make, ended, get, simulator } = stocked();
  const answer = await make({ ostemplate: "local:vztmpl/nosuch.tar.zst" });
  expect(await ended(answer)).toBe(
    "unable to create CT 900 - volume 'local:vztmpl/nosuch.tar.zst' does not exist",
  );
  expect(simulator.state.guests[900]).toBeUndefined();
  expect(rows(await get("/nodes/pve1/storage/local-lvm/content", { vmid: 900 }))).toEqual([]);
});

test.for([
  ["a VMID that is taken", { vmid: 102 }, "VM 102 already exists on node 'pve2'"],
  ["a pool that is not there", { pool: "x" }, "Permission check failed (pool 'x' does not exist)"],
  ["a key that is none", { "ssh-public-keys": "ssh-rsa x" }, "SSH public key validation error"],
  [
    "a volume that is no template",
    { ostemplate: "local:iso/a.iso" },
    "unable to use volume local:iso/a.iso - content type needs to be 'vztmpl'",
  ],
  ["a storage that is not there", { rootfs: "nosuch:4" }, "storage 'nosuch' does not exist"],
  [
    "a feature for root",
    { unprivileged: 1, features: "nesting=1,fuse=1" },
    "Permission check failed (changing feature flags (except nesting) is only allowed for root@pam)",
  ],
  [
    "a feature of a privileged one",
    { unprivileged: 0, features: "nesting=1" },
    "Permission check failed (changing feature flags for privileged container is only allowed for root@pam)",
  ],
] as const)("%s is refused at once, and nothing is left", async ([, form, reason]) => {
  const { make, simulator } = stocked();
  expect((await make(form)).reason).toBe(reason);
  expect(simulator.state.guests[900]).toBeUndefined();
});

test("a storage that takes no containers is refused as a parameter", async () => {
  const { make } = stocked();
  expect((await make({ rootfs: "nfs:4" })).json.errors).toEqual({
    storage: "storage 'nfs' does not support container directories",
  });
});

test("mount points need a root file system", async () => {
  const { post } = stocked();
  const form = { vmid: 900, ostemplate: TEMPLATE, storage: "local-lvm", mp0: "local-lvm:1,mp=/srv" };
  const { reason } = await post("/nodes/pve1/lxc", form);
  expect(reason).toBe("mount points configured, but 'rootfs' not set - aborting");
});

test.for([
  ["8.4", undefined],
  ["9.2", "1"],
] as const)("%s: whether a container is unprivileged where nobody says so", async ([version, expected]) => {
  const { make, ended, simulator } = stocked({ version });
  expect(await ended(await make({ "ssh-public-keys": `${KEY}\n${KEY}`, password: "hush-hush" }))).toBe("OK");
  expect(simulator.state.guests[900]?.config["unprivileged"]).toBe(expected);
  expect(simulator.state.guests[900]?.root).toEqual({ password: "hush-hush", keys: [KEY, KEY] });
});
