import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { OPTIONS } from "../../../core/proxmox/types/options.ts";
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

/** Numbers at the edges of what the table allows, and one beyond. */
const edges = Object.entries(OPTIONS).flatMap(([name, { min, max }]) =>
  [min, max].flatMap((edge) => (edge === undefined ? [] : [{ name, edge, above: max }])),
);

test.each(VERSIONS)("%s: the facts take what the table takes, up to its edges", (version) => {
  const facts = factsOf(version);
  const endpoint = facts.endpoints.find(
    ({ path, method }) => `${method} ${path}` === "POST /nodes/{node}/qemu",
  );
  const refused = edges.flatMap(({ name, edge }) => {
    const property = endpoint?.params[name];
    return property ? Object.keys(checkObject(facts, { [name]: property }, { [name]: String(edge) })) : [];
  });
  expect(edges.length).toBeGreaterThan(5);
  expect(refused).toEqual([]);
});

test("one more than the most is refused", () => {
  const beyond = edges.flatMap(({ name, above }) =>
    above === undefined ? [] : [[name, optionErrors({ [name]: above + 1 }).length]],
  );
  expect(beyond).toEqual(beyond.map(([name]) => [name, 1]));
});
