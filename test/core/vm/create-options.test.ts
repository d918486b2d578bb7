import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { CONTAINER_OPTIONS, OPTIONS } from "../../../core/proxmox/types/options.ts";
import { optionErrors } from "../../../core/vm/create-options.ts";
import { factsOf, VERSIONS } from "../../../local/proxmox/facts/index.ts";
import { checkObject } from "../../../local/proxmox/validate/check.ts";

test("the table of options is that of the facts", () => {
  const run = spawnSync(process.execPath, ["local/proxmox/facts/options.ts", "--check"], {
    encoding: "utf8",
  });
  expect([run.status, run.stderr]).toEqual([0, ""]);
});

test.for([
  ["onboot", true],
  ["onboot", 0],
  ["ostype", "win11"],
  ["shares", 50_000],
  ["migrate_downtime", 0.5],
  ["vga", "virtio,memory=64"],
  ["vga", "type=std"],
  ["usb3", "host=1234:5678,usb3=1"],
  ["serial0", "socket"],
  ["numa1", "cpus=0-1,memory=512"],
  ["hostpci0", "mapping=gpu,pcie=1"],
  ["tpmstate0", "local-lvm:1,version=v2.0"],
  ["audio0", "device=ich9-intel-hda"],
  ["startup", "order=3,up=30"],
  ["smbios1", "uuid=00000000-0000-4000-8000-000000000001"],
] as const)("%s=%s is an option", ([name, value]) => {
  expect(optionErrors({ [name]: value })).toEqual([]);
});

test.for([
  ["args", "-x", "is no option"],
  ["hookscript", "local:snippets/x", "is no option"],
  ["lock", "backup", "is no option"],
  ["archive", "backup:x", "is no option"],
  ["skiplock", true, "is no option"],
  ["unused0", "nfs:1", "is no option"],
  ["net0", "virtio", "is no option"],
  ["usb", "spice", "is no option"],
  ["toString", "x", "is no option"],
  ["ostype", "win12", "must be one of"],
  ["onboot", "yes", "must be true or false"],
  ["shares", 1.5, "must be a whole number"],
  ["shares", "many", "must be a number"],
  ["shares", -1, "must be at least 0"],
  ["vga", "std,memory=1024", "memory must be at most 512"],
  ["vga", "std,colour=1", "has no part colour"],
  ["watchdog", "i6300esb\nlock: backup", "must not hold control characters"],
  ["smbios1", "x".repeat(513), "must have at most 512 characters"],
  ["memory", 512, "is set by the field memoryBytes"],
  ["ipconfig0", "ip=dhcp", "is set by the field cloudInit"],
] as const)("%s=%s is refused", ([name, value, words]) => {
  const [error, ...others] = optionErrors({ [name]: value });
  expect(others).toEqual([]);
  expect(error).toMatchObject({ pointer: `/options/${name}`, detail: expect.stringContaining(words) });
});

test.for([
  ["onboot", true],
  ["ostype", "alpine"],
  ["timezone", "Europe/Berlin"],
  ["tty", 6],
  ["cmode", "console"],
  ["entrypoint", "/sbin/init"],
  ["env", "MODE=fast"],
] as const)("%s=%s is an option of a container", ([name, value]) => {
  expect(optionErrors({ [name]: value }, "lxc")).toEqual([]);
});

test.for([
  ["hookscript", "local:snippets/x", "is no option of a container"],
  ["dev0", "/dev/kvm", "is no option"],
  ["mp0", "/etc,mp=/etc", "is no option"],
  ["lock", "backup", "is no option"],
  ["restore", true, "is no option"],
  ["tablet", true, "is no option"],
  ["ostype", "l26", "must be one of"],
  ["tty", 7, "must be at most 6"],
  ["env", "MODE=fast\0LD_PRELOAD=x", "must not hold control characters"],
  ["rootfs", "local-lvm:4", "is set by the field rootfs"],
  ["ssh-public-keys", "x", "is set by the field sshKeys"],
] as const)("%s=%s is refused for a container", ([name, value, words]) => {
  const [error, ...others] = optionErrors({ [name]: value }, "lxc");
  expect(others).toEqual([]);
  expect(error).toMatchObject({ pointer: `/options/${name}`, detail: expect.stringContaining(words) });
});

/** Numbers at the edges of what the table allows, and one beyond. */
const edgesOf = (options: typeof OPTIONS, type: "qemu" | "lxc") =>
  Object.entries(options).flatMap(([name, { min, max }]) =>
    [min, max].flatMap((edge) => (edge === undefined ? [] : [{ name, type, edge, above: max }])),
  );
const edges = [...edgesOf(OPTIONS, "qemu"), ...edgesOf(CONTAINER_OPTIONS, "lxc")];

test.each(VERSIONS)("%s: the facts take what the table takes, up to its edges", (version) => {
  const facts = factsOf(version);
  const paramsOf = (type: string) =>
    facts.endpoints.find(({ path, method }) => `${method} ${path}` === `POST /nodes/{node}/${type}`)?.params;
  const refused = edges.flatMap(({ name, type, edge }) => {
    const property = paramsOf(type)?.[name];
    return property ? Object.keys(checkObject(facts, { [name]: property }, { [name]: String(edge) })) : [];
  });
  expect(edges.length).toBeGreaterThan(5);
  expect(refused).toEqual([]);
});

test("one more than the most is refused", () => {
  const beyond = edges.flatMap(({ name, type, above }) =>
    above === undefined ? [] : [[name, optionErrors({ [name]: above + 1 }, type).length]],
  );
  expect(beyond).toEqual(beyond.map(([name]) => [name, 1]));
});
