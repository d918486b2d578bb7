import { expect, test } from "vitest";
import * as z from "zod";
import { factsOf, VERSIONS, type Endpoint, type Version } from "../../../local/proxmox/facts/index.ts";
import { returnsOf, type Returned } from "../../../local/proxmox/facts/returns.ts";
import { simulation } from "./lab.ts";

/** What comes later and says so with 501. */
const LATER = /sdn|\/ha\/|websocket|mtunnel|\/rrd$|join|\/ceph\/cfg|file-restore/;
const AREAS = /^\/(version|nodes|cluster|access|storage|pools)/;

const Ticket = z.looseObject({ data: z.looseObject({ ticket: z.string() }) });
const isRow = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where the answer leaves its declared form. On the wire booleans are 0 and 1, and numbers may be texts. */
function strays(schema: Returned, value: unknown, at: string): string[] {
  const { type, props, items } = schema;
  if (type === "array") {
    if (!Array.isArray(value)) return [`${at}: no list`];
    return items ? value.slice(0, 3).flatMap((one) => strays(items, one, `${at}[]`)) : [];
  }
  if (props) {
    if (!isRow(value)) return [`${at}: no object`];
    return Object.entries(props).flatMap(([name, one]) => {
      const held = value[name];
      if (held === null) return [];
      if (held === undefined) return one.optional ? [] : [`${at}.${name}: missing`];
      return strays(one, held, `${at}.${name}`);
    });
  }
  if (type === "boolean") return [0, 1, "0", "1"].some((one) => one === value) ? [] : [`${at}: no boolean`];
  const isNumeric = (type === "integer" || type === "number") && Number.isNaN(Number(value));
  return isNumeric || (type === "string" && isRow(value)) ? [`${at}: no ${type}`] : [];
}

/** A running cluster, and one thing of each kind to ask for. */
async function surveyed(version: Version) {
  const lab = simulation({ version });
  const { simulator, post, ended, where, send } = lab;
  const guests = Object.values(simulator.state.guests);
  const vm = guests.find(({ kind, config }) => kind === "qemu" && config.template !== "1");
  const ct = guests.find(({ kind }) => kind === "lxc");
  for (const guest of [vm, ct])
    if (guest) await ended(await post(`${where(guest.vmid)}/snapshot`, { snapname: "s1" }));
  await post("/access/groups", { groupid: "staff" });
  await post("/cluster/backup", { id: "nightly", schedule: "daily", all: 1, storage: "backup" });
  const backup = simulator.state.volumes.find(({ content }) => content === "backup");
  const password = { username: "root@pam", password: simulator.password };
  const login = Ticket.parse((await send("POST", "/access/ticket", password, { authorization: "" })).json);
  const cookie = `PVEAuthCookie=${encodeURIComponent(login.data.ticket)}`;
  const things = {
    storage: "backup",
    volume: backup?.volid ?? "",
    groupid: "staff",
    pciid: "0000:00:1f.0",
    url: "https://example.test/debian.iso",
    poolid: "acme",
    userid: "root@pam",
    tokenid: "main",
    realm: "pam",
    roleid: "PVEAdmin",
    snapname: "s1",
    iface: "vmbr0",
    timeframe: "hour",
    feature: "snapshot",
    disk: "/dev/sda",
    upid: Object.values(simulator.state.nodes)[0]?.tasks[0] ?? "",
    schedule: "daily",
    pos: "0",
    flag: "noout",
  };
  const valueOf = (endpoint: Endpoint, name: string): string => {
    const guest = endpoint.path.includes("/lxc/") ? ct : vm;
    const id = endpoint.path.includes("replication") ? "101-0" : "nightly";
    const service = endpoint.path.includes("/ceph/") ? "osd" : "pveproxy";
    const named: Record<string, string | undefined> = {
      ...things,
      id,
      service,
      node: guest?.node,
      vmid: String(guest?.vmid),
    };
    const { enum: words, type, min } = endpoint.params[name] ?? {};
    return named[name] ?? words?.[0] ?? (type === "integer" ? String(min ?? 1) : "example");
  };
  const read = (endpoint: Endpoint) => {
    const path = endpoint.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
      encodeURIComponent(valueOf(endpoint, name)),
    );
    const needed = Object.entries(endpoint.params)
      .filter(([name, { optional }]) => !optional && !endpoint.path.includes(`{${name}}`))
      .map(([name]) => [name, valueOf(endpoint, name)]);
    return send("GET", path, Object.fromEntries(needed), { authorization: "", cookie });
  };
  return { read };
}

for (const version of VERSIONS)
  test(`every call of ${version} that reads answers in its declared form`, async () => {
    const { read } = await surveyed(version);
    const returns = returnsOf(version);
    const told: string[] = [];
    const statuses: Record<number, number> = {};
    for (const endpoint of factsOf(version).endpoints) {
      if (endpoint.method !== "GET" || !AREAS.test(endpoint.path) || LATER.test(endpoint.path)) continue;
      const { status, reason, json } = await read(endpoint);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status !== 200) told.push(`${endpoint.path}: ${status} ${reason} ${JSON.stringify(json.errors)}`);
      else told.push(...strays(returns[`GET ${endpoint.path}`] ?? {}, json.data, endpoint.path));
    }
    expect(told).toEqual([]);
  });
