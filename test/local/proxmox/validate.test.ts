import { assert, asyncProperty, string } from "fast-check";
import { expect, test } from "vitest";
import { VERSIONS } from "../../../local/proxmox/index.ts";
import { rows, simulation } from "./lab.ts";

const UNKNOWN = "property is not defined in schema and the schema does not allow additional properties";

test.each([
  [{ vmid: "abc" }, { vmid: "type check ('integer') failed - got 'abc'" }],
  [{ vmid: 99 }, { vmid: "invalid format - value does not look like a valid VM ID\n" }],
  [{}, { vmid: "property is missing and it is not optional" }],
  [{ vmid: 900, foo: "bar" }, { foo: UNKNOWN }],
  [{ vmid: 900, cores: 0 }, { cores: "value must have a minimum value of 1" }],
  [{ vmid: 900, cpulimit: 129 }, { cpulimit: "value must have a maximum value of 128" }],
  [{ vmid: 900, onboot: "yes" }, { onboot: "type check ('boolean') failed - got 'yes'" }],
  [{ vmid: 900, name: "bad_name" }, { name: "invalid format - value does not look like a valid DNS name\n" }],
  [
    { vmid: 900, bios: "foo" },
    { bios: "value 'foo' does not have a value in the enumeration 'seabios, ovmf'" },
  ],
  [{ vmid: 900, description: "x".repeat(8193) }, { description: "value may only be 8192 characters long" }],
  [{ vmid: 900, net32: "virtio" }, { net32: UNKNOWN }],
  [{ vmid: 900, ide4: "none" }, { ide4: UNKNOWN }],
  [
    { vmid: 900, memory: "x" },
    { memory: "invalid format - format error\nmemory.current: type check ('integer') failed - got 'x'\n" },
  ],
  [{ vmid: 900, net0: "virtio,foo=1" }, { net0: `invalid format - format error\nnet0.foo: ${UNKNOWN}\n` }],
  [
    { vmid: 900, net0: "bridge=vmbr0" },
    { net0: "invalid format - format error\nnet0.model: property is missing and it is not optional\n" },
  ],
  [
    { vmid: 900, net0: "virtio,tag=4095" },
    { net0: "invalid format - format error\nnet0.tag: value must have a maximum value of 4094\n" },
  ],
  [
    { vmid: 900, net0: "virtio=nomac" },
    {
      net0: "invalid format - format error\nnet0.macaddr: invalid format - value does not look like a valid unicast MAC address\n\n",
    },
  ],
  [{ vmid: 900, hotplug: "foo" }, { hotplug: "invalid format - invalid hotplug feature 'foo'\n" }],
  [
    { vmid: 900, storage: "x y" },
    { storage: "invalid format - storage ID 'x y' contains illegal characters\n" },
  ],
  [{ vmid: 900, force: 1 }, { archive: "missing property - 'force' requires this property" }],
  [
    { vmid: 900, sshkeys: "ssh-ed25519 A" },
    { sshkeys: "invalid format - invalid urlencoded string: ssh-ed25519 A\n" },
  ],
] as const)("400: creating a VM with %j says %j", async (form, errors) => {
  const { post } = simulation();
  const answer = await post("/nodes/pve1/qemu", form);
  expect([answer.status, answer.reason]).toEqual([400, "Parameter verification failed."]);
  expect(answer.json.errors).toEqual(errors);
});

test("400: an unknown parameter of a GET is refused too, and so is a repeated one", async () => {
  const { get, simulator, clock } = simulation();
  expect((await get("/version", { verbose: 1 })).json.errors).toEqual({ verbose: UNKNOWN });
  const target = "/api2/json/cluster/resources?type=vm&type=node";
  const headers = { authorization: `PVEAPIToken=${simulator.token}` };
  const answer = await clock.until(simulator.handle({ method: "GET", target, headers }));
  expect(answer.body).toContain("type check ('string') failed - got ARRAY");
});

test("every version answers its own release, and from 9.1 on networks instead of sdn", async () => {
  for (const version of VERSIONS) {
    const { get } = simulation({ version });
    expect((await get("/version")).json.data).toMatchObject({ release: version });
    const types = new Set(rows(await get("/cluster/resources")).map(({ type }) => type));
    expect(types.has(version === "9.2" ? "network" : "sdn")).toBe(true);
  }
});

test("whatever text a snapshot name is, the answer is a task or a 400, and the guest keeps only valid names", async () => {
  const { post, where, simulator, clock } = simulation({ guests: 2 });
  await assert(
    asyncProperty(string({ maxLength: 60 }), async (snapname) => {
      const answer = await post(`${where(101)}/snapshot`, { snapname });
      await clock.advance(60_000);
      expect([200, 400, 500]).toContain(answer.status);
    }),
    { numRuns: 100 },
  );
  for (const name of Object.keys(simulator.state.guests[101]?.snapshots ?? {}))
    expect(name).toMatch(/^[a-z][\w-]{1,39}$/i);
});
