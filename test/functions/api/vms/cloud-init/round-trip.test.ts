import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import { spec as get } from "../../../../../functions/api/vms/cloud-init/get.ts";
import { spec as put } from "../../../../../functions/api/vms/cloud-init/put.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops@host";
const path = { cluster: "main", vmid: 9000 };
const KEYS = /^(?:ci|ipconfig|nameserver|searchdomain|sshkeys)/;

const configOf = (stage: Lab) => stage.simulator.state.guests["9000"]?.config ?? {};
const told = (stage: Lab) =>
  Object.fromEntries(Object.entries(configOf(stage)).filter(([key]) => KEYS.test(key)));

/** Says these options of the template's cloud-init, and no others. */
function say(stage: Lab, options: Readonly<Record<string, string>>) {
  const config = configOf(stage);
  for (const key of Object.keys(config)) if (KEYS.test(key)) Reflect.deleteProperty(config, key);
  Object.assign(config, options);
}

const Shown = z.looseObject({ networks: z.array(z.unknown()), sshKeys: z.array(z.unknown()) });
const shown = async (stage: Lab) => Shown.parse((await stage.call({ spec: get }, { path })).json);
const write = (stage: Lab, body: unknown, query = {}) => stage.call({ spec: put }, { path, body, query });

const octet = fc.integer({ min: 1, max: 254 });
const ipv4 = fc.tuple(octet, octet).map(([a, b]) => `10.0.${a}.${b}`);
const ipv6 = fc.integer({ min: 1, max: 65_535 }).map((n) => `2001:db8::${n.toString(16)}`);
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const list = (item: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.uniqueArray(item, { minLength: 1, maxLength: 4 }), fc.constantFrom(" ", ",", ";", ", ", "  "))
    .map(([items, separator]) => items.join(separator));
const card = fc
  .tuple(
    fc.constantFrom("", "ip=dhcp", "ip=10.0.0.9/24,gw=10.0.0.1", "gw=10.0.0.1,ip=10.0.0.9/8"),
    fc.constantFrom("", "ip6=auto", "ip6=dhcp", "gw6=2001:db8::1,ip6=2001:db8::9/64"),
  )
  .map((parts) => parts.filter(Boolean).join(","))
  .filter((text) => text !== "");
const cards = fc.dictionary(
  fc.integer({ min: 0, max: 31 }).map((n) => `ipconfig${n}`),
  card,
  { maxKeys: 5 },
);
/** What Proxmox may hold, and is not taken for anything new. */
const oddName = fc.constantFrom("DOM\\user", "first last", "über", "x".repeat(80));
const oddDomain = fc.constantFrom(".", "~x", "a b ~c", "über.example");
const oddServers = list(fc.constantFrom("dns.example", "fe80::1%eth0", "10.0.0.53", "::1"));
const many = fc.constant(Array.from({ length: 12 }, (_, n) => `10.0.1.${n + 1}`).join(" "));
const manyKeys = encodeURIComponent(Array.from({ length: 60 }, (_, n) => `${KEY}${n}`).join("\n"));

const options = fc
  .tuple(
    fc.record(
      {
        ciuser: fc.oneof(word, oddName),
        cipassword: word,
        citype: fc.constantFrom("nocloud", "configdrive2", "of-tomorrow"),
        ciupgrade: fc.constantFrom("0", "1"),
        nameserver: fc.oneof(list(fc.oneof(ipv4, ipv6)), oddServers, many),
        searchdomain: fc.oneof(list(word.map((name) => `${name}.example.net`)), oddDomain),
        sshkeys: fc.constantFrom(encodeURIComponent(KEY), encodeURIComponent(`${KEY}\nnonsense\n`), manyKeys),
      },
      { requiredKeys: [] },
    ),
    cards,
  )
  .map(([rest, addresses]) => ({ ...rest, ...addresses }));

test("D1, D2: cloud-init as it is shown is taken back, and nothing changes", async () => {
  const stage = await lab({ mode: "off" });
  await fc.assert(
    fc.asyncProperty(options, async (given) => {
      say(stage, given);
      const answer = await write(stage, await shown(stage), { dryRun: "true" });
      expect(Plan.parse(answer.json)).toMatchObject({ items: [{ willRun: false, code: "config.same" }] });
    }),
    { numRuns: 60 },
  );
});

test("D1: beside odd values that are shown one other field is changed, and only that one", async () => {
  const stage = await lab({ mode: "off" });
  await fc.assert(
    fc.asyncProperty(options, fc.constantFrom("root", null), async (given, user) => {
      say(stage, given);
      const before = told(stage);
      fc.pre(user !== null || before["ciuser"] !== undefined);
      await carriedOut(stage, await write(stage, { ...(await shown(stage)), user }));
      const { ciuser: _, ...rest } = before;
      expect(told(stage)).toEqual(user === null ? rest : { ...rest, ciuser: user });
    }),
    { numRuns: 20 },
  );
});

test("D1: a list keeps its odd members, and takes new ones that are right beside them", async () => {
  const stage = await lab({ mode: "off" });
  say(stage, { nameserver: "dns.example 10.0.0.53" });
  await carriedOut(stage, await write(stage, { dns: { servers: ["dns.example", "10.0.0.54"] } }));
  expect(told(stage)).toEqual({ nameserver: "dns.example 10.0.0.54" });
  stage.simulator.resetCounters();
  const servers = ["dns.example", "other.example"];
  const answer = await changingNothing(stage, () => write(stage, { dns: { servers } }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/dns/servers/1" }] } });
});

test("D1: networks of cards 0, 2 and 10 keep their numbers, and what was read changes nothing", async () => {
  const stage = await lab({ mode: "off" });
  const given = { ipconfig0: "ip=dhcp", ipconfig2: "ip=10.0.0.2/24,gw=10.0.0.1", ipconfig10: "ip6=auto" };
  say(stage, given);
  const { networks } = await shown(stage);
  expect(networks).toMatchObject([{ device: "net0" }, { device: "net2" }, { device: "net10", ipv6: "auto" }]);
  const answer = await changingNothing(stage, () => write(stage, { networks }));
  expect(answer).toMatchObject({ status: 409, json: { code: "config.same" } });
  const changed = [
    { device: "net0", ipv4: "dhcp" },
    { device: "net10", ipv4: "dhcp", ipv6: null },
  ];
  await carriedOut(stage, await write(stage, { networks: changed }));
  expect(told(stage)).toEqual({ ipconfig0: "ip=dhcp", ipconfig10: "ip=dhcp" });
});

test("D1: nulls and an empty list take away what is there; what is left out stays", async () => {
  const stage = await lab({ mode: "off" });
  const given = {
    ciuser: "ops",
    cipassword: "hush-hush",
    citype: "nocloud",
    nameserver: "10.0.0.53",
    searchdomain: "example.net",
    sshkeys: encodeURIComponent(KEY),
    ipconfig2: "ip=dhcp",
  };
  say(stage, given);
  await carriedOut(stage, await write(stage, { user: null, password: null, dns: { searchDomain: null } }));
  const { ciuser: _, cipassword: __, searchdomain: ___, ...kept } = given;
  expect(told(stage)).toEqual(kept);
  await carriedOut(stage, await write(stage, { networks: [], dns: null, sshKeys: null, type: null }));
  expect(told(stage)).toEqual({});
  stage.simulator.resetCounters();
  const again = { user: null, password: null, networks: [], dns: { servers: null, searchDomain: null } };
  const answer = await changingNothing(stage, () => write(stage, again));
  expect(answer).toMatchObject({ status: 409, json: { code: "config.same" } });
});

test("D2: servers and domains are read whichever separators Proxmox took, and written its own way", async () => {
  const stage = await lab({ mode: "off" });
  say(stage, { nameserver: "10.0.0.53,10.0.0.54;2001:db8::53", searchdomain: "a.example, b.example" });
  const dns = { servers: ["10.0.0.53", "10.0.0.54", "2001:db8::53"], searchDomain: "a.example b.example" };
  expect(await shown(stage)).toMatchObject({ dns });
  await carriedOut(stage, await write(stage, { dns: { ...dns, searchDomain: "b.example; c.example" } }));
  expect(told(stage)).toEqual({
    nameserver: "10.0.0.53,10.0.0.54;2001:db8::53",
    searchdomain: "b.example c.example",
  });
});

test("D1: a key that is named by its fingerprint stays, and others come and go beside it", async () => {
  const stage = await lab({ mode: "off" });
  const other = KEY.replace("ops@host", "dev@host").replace("OMqq", "OMqr");
  say(stage, { sshkeys: encodeURIComponent(KEY) });
  const { sshKeys } = await shown(stage);
  await carriedOut(stage, await write(stage, { sshKeys: [other, ...sshKeys] }));
  expect(decodeURIComponent(configOf(stage)["sshkeys"] ?? "")).toBe(`${other}\n${KEY}`);
});

test.for([
  ["/drive", { drive: "ide3" }],
  ["/passwordSet", { passwordSet: true }],
  ["/sshKeys/0", { sshKeys: [{ type: "ssh-rsa", fingerprint: "SHA256:none", comment: "" }] }],
  ["/networks/1/device", { networks: [{ device: "net0", ipv4: "dhcp" }, { device: "net0" }] }],
] as const)("400: %s that is not as it is shown; nothing happens", async ([pointer, body]) => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => write(stage, body));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});

test("412: a digest of another version; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const body = { ...(await shown(stage)), user: "dev" };
  say(stage, { ciuser: "by-hand" });
  const answer = await changingNothing(stage, () => write(stage, body));
  expect(answer).toMatchObject({ status: 412, json: { code: "config.changed" } });
});
