import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import { spec as get } from "../../../../../functions/api/vms/config/get.ts";
import { spec as patch } from "../../../../../functions/api/vms/config/patch.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const MAKER = "moxxie=op_01JD0000000000000000000000/0";
const VM = 110;
const CONTAINER = 203;

const path = (vmid: number) => ({ cluster: "main", vmid });
const configOf = (stage: Lab, vmid: number) => stage.simulator.state.guests[vmid]?.config ?? {};
const Shown = z.looseObject({ description: z.string() });
const shown = async (stage: Lab, vmid: number) =>
  Shown.parse((await stage.call({ spec: get }, { path: path(vmid) })).json);
const write = (stage: Lab, vmid: number, body: unknown, query = {}) =>
  stage.call({ spec: patch }, { path: path(vmid), body, query });

/** Gives a guest these options beside its disks and cards; an empty one is a line that Proxmox does not keep. */
function say(stage: Lab, vmid: number, options: Readonly<Record<string, string>>) {
  const config = configOf(stage, vmid);
  for (const key of Object.keys(config)) if (!/\d$|^rootfs$/.test(key)) Reflect.deleteProperty(config, key);
  Object.assign(config, Object.fromEntries(Object.entries(options).filter(([, text]) => text !== "")));
}

const truth = fc.constantFrom("0", "1", "on", "yes", "true", "no", "off");
const whole = (min: number, max: number) => fc.integer({ min, max }).map(String);
const description = fc
  .array(
    fc.constantFrom("a", " ", "\n", "ü", "#", ":", "\u0007", "\u{9b}", MAKER, `\n${MAKER}`, "y".repeat(9000)),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const both = {
  description,
  cores: whole(1, 64),
  cpulimit: fc.constantFrom("0", "2", "1.5"),
  cpuunits: fc.oneof(whole(8, 1000), fc.constantFrom("0", "600000")),
  onboot: truth,
  protection: truth,
  tags: fc.constantFrom("a;b", "b,A"),
};
const vm = fc.record(
  {
    ...both,
    name: fc.constantFrom("ci-1", "a.example", "under_score", "ünder"),
    sockets: fc.oneof(whole(1, 4), fc.constant("200")),
    cpu: fc.constantFrom("host", "486", "cputype=host,flags=+aes", "flags=+aes,cputype=kvm64"),
    memory: fc.constantFrom("2048", "current=2048", "8", "33554432"),
    balloon: whole(0, 2048),
    agent: fc.constantFrom("1", "0", "enabled=1,fstrim_cloned_disks=1", "fstrim_cloned_disks=1,enabled=on"),
    boot: fc.constantFrom("order=scsi0", "order=scsi0;net0", "cdn", " ", "order=net0;virtio1;parallel0"),
    bios: fc.constantFrom("ovmf", "seabios"),
    ciuser: fc.constantFrom("ops"),
    nameserver: fc.constantFrom("10.0.0.53, 10.0.0.54"),
    ipconfig2: fc.constantFrom("ip=dhcp"),
  },
  { requiredKeys: [] },
);
const container = fc.record(
  { ...both, hostname: fc.constantFrom("wiki"), nameserver: fc.constantFrom("10.0.0.53") },
  { requiredKeys: [] },
);

test.for([
  ["a VM", VM, vm],
  ["a container", CONTAINER, container],
] as const)(
  "D7: the configuration of %s as it is shown is taken back, and nothing changes",
  async ([, vmid, given]) => {
    const stage = await lab({ mode: "off" });
    await fc.assert(
      fc.asyncProperty<[Record<string, string>]>(given, async (options) => {
        say(stage, vmid, options);
        const answer = await write(stage, vmid, await shown(stage, vmid), { dryRun: "true" });
        expect(Plan.parse(answer.json)).toMatchObject({ items: [{ willRun: false, code: "config.same" }] });
      }),
      { numRuns: 60 },
    );
  },
);

test("D7: beside odd values that are shown one other field is changed, and only that one", async () => {
  const stage = await lab({ mode: "off" });
  await fc.assert(
    fc.asyncProperty<[Record<string, string>, boolean]>(vm, fc.boolean(), async (options, isVm) => {
      const vmid = isVm ? VM : CONTAINER;
      const { name: _, ...rest } = options;
      say(stage, vmid, isVm ? rest : { description: "\u0007", cpuunits: "0" });
      const { ...before } = configOf(stage, vmid);
      const body = { ...(await shown(stage, vmid)), name: "renamed" };
      const { operation } = await carriedOut(stage, await write(stage, vmid, body));
      expect(operation).toMatchObject({ state: "succeeded" });
      expect(configOf(stage, vmid)).toEqual({ ...before, [isVm ? "name" : "hostname"]: "renamed" });
    }),
    { numRuns: 20 },
  );
});

test("H4: no device to boot from is a blank, is shown as none and taken back", async () => {
  const stage = await lab({ mode: "off" });
  say(stage, VM, { boot: "order=scsi0" });
  const { operation } = await carriedOut(stage, await write(stage, VM, { boot: [] }));
  expect(operation).toMatchObject({ state: "succeeded" });
  expect(configOf(stage, VM)["boot"]).toBe(" ");
  expect(await shown(stage, VM)).toMatchObject({ boot: [] });
  stage.simulator.resetCounters();
  const again = await changingNothing(stage, () => write(stage, VM, { boot: [] }));
  expect(again).toMatchObject({ status: 409, json: { code: "config.same" } });
});

test("D7: a line break at the end of a description is no change of it", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(configOf(stage, VM), { description: "builds\n" });
  expect(await shown(stage, VM)).toMatchObject({ description: "builds" });
  for (const text of ["builds", "builds\n", "builds \n\n"]) {
    const answer = await changingNothing(stage, () => write(stage, VM, { description: text }));
    expect(answer).toMatchObject({ status: 409, json: { code: "config.same" } });
  }
});

test("D7: a null name takes the name away, and is shown and taken back then", async () => {
  const stage = await lab({ mode: "off" });
  await carriedOut(stage, await write(stage, VM, { name: null }));
  expect(configOf(stage, VM)).not.toHaveProperty("name");
  expect(await shown(stage, VM)).toMatchObject({ name: null });
});

test("I10: notes are shown without Moxxie's own line, also where they wait, and new notes do not carry it on", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(configOf(stage, VM), { description: `builds\n${MAKER}` });
  Object.assign(stage.simulator.state.guests[VM] ?? {}, { pending: { description: `tests\n${MAKER}` } });
  const seen = await shown(stage, VM);
  expect(seen).toMatchObject({ description: "tests", pending: [{ now: "builds", next: "tests" }] });
  expect(JSON.stringify(seen)).not.toContain("moxxie=op_");
  Reflect.deleteProperty(stage.simulator.state.guests[VM] ?? {}, "pending");
  const dry = await write(stage, VM, { description: "mine" }, { dryRun: "true" });
  expect(dry.body).not.toContain("moxxie=op_");
  const { items } = await carriedOut(stage, await write(stage, VM, { description: "mine" }));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(configOf(stage, VM)["description"]).toBe("mine");
});

test("I10: words that people put below Moxxie's own line do not make it show", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(configOf(stage, VM), { description: `builds\n${MAKER}\nby hand\n${MAKER}\n` });
  expect(await shown(stage, VM)).toMatchObject({ description: "builds\nby hand" });
});

test.for([
  ["/disks", { disks: [] }],
  ["/firmware", { firmware: "uefi" }],
  ["/description", { description: `x\n${MAKER}` }],
] as const)("400: %s that is not as it is shown; nothing happens", async ([pointer, body]) => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => write(stage, VM, body));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});
