import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, partsOf } from "../../../core/proxmox/text.ts";
import { textsOf } from "../../../core/proxmox/config.ts";
import { ConfigView, toConfigView } from "../../../core/vm/config-view.ts";

const KEYS =
  "name hostname description cpu sockets cores cpulimit memory balloon boot bios agent onboot net0 net1 scsi0 ide2 rootfs mp0 unused0 ipconfig0 sshkeys cipassword env args nonsense digest";

const row = fc.record(
  {
    key: fc.constantFrom(...KEYS.split(" ")),
    value: fc.string(),
    pending: fc.string(),
    delete: fc.constantFrom(0, 1, 2),
  },
  { requiredKeys: ["key"] },
);

test("whatever stands in a configuration is taken apart or left as it is, and never an error", () => {
  const seen = fc.property(fc.array(row), fc.constantFrom("qemu", "lxc"), (rows, type) => {
    const view = toConfigView(rows, type);
    expect(ConfigView.parse(view)).toEqual(view);
  });
  fc.assert(seen, { numRuns: 500 });
});

test("what may hold a password is nowhere in what is shown, whatever else the configuration says", () => {
  const secrets = fc.constantFrom("cipassword", "env", "args", "sshkeys");
  const seen = fc.property(fc.array(row), secrets, fc.boolean(), (rows, key, waits) => {
    const value = "s3cr3t-value";
    const hidden = { key, ...(waits ? { pending: value } : { value }) };
    const others = rows.filter((one) => one.key !== key);
    expect(JSON.stringify(toConfigView([...others, hidden], "qemu"))).not.toContain(value);
  });
  fc.assert(seen, { numRuns: 500 });
});

test.for([
  ["32G", 34_359_738_368],
  ["1536M", 1_610_612_736],
  ["4096", 4096],
  ["0.5G", 536_870_912],
  ["2T", 2_199_023_255_552],
  ["", null],
  ["lots", null],
  [undefined, null],
] as const)("a size of %s is %s bytes", ([text, bytes]) => {
  expect(bytesOf(text)).toBe(bytes);
});

test("a property string keeps what stands without a name, and values with an equals sign", () => {
  expect([...partsOf("local-lvm:vm-1-disk-0,size=32G,serial=a=b")]).toEqual([
    ["", "local-lvm:vm-1-disk-0"],
    ["size", "32G"],
    ["serial", "a=b"],
  ]);
});

test("what waits to be deleted is gone, and what waits to be changed has its new value", () => {
  const rows = [
    { key: "cores", value: "2", pending: "4" },
    { key: "agent", value: "1", delete: 1 },
    { key: "name", value: "web" },
  ];
  expect(textsOf(rows)).toEqual({ cores: "4", name: "web" });
});
