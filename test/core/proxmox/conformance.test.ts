import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ENDPOINTS } from "../../../core/proxmox/endpoints.ts";
import { unavailable } from "../../../core/proxmox/gate.ts";
import { proxmoxClient, resources, type Proxmox } from "../../../core/proxmox/index.ts";
import type { Call } from "../../../core/proxmox/request.ts";
import { factsOf } from "../../../local/proxmox/facts/index.ts";
import { returnsOf, type Returned } from "../../../local/proxmox/facts/returns.ts";
import { VERSIONS } from "../../../local/proxmox/index.ts";
import { lab } from "../../kit/lab.ts";
import { calls, SUBJECTS, type Subjects } from "./calls.ts";

interface Sent {
  readonly endpoint: string;
  readonly names: readonly string[];
}

/** Asked by the client itself, before a call that some versions lack. */
const OF_NODE: Sent = { endpoint: "GET /nodes/{node}/version", names: ["node"] };
const LOGIN: Sent = { endpoint: "POST /access/ticket", names: ["username", "password"] };

const namesOf = (call: Call) => [
  ...Object.keys(call.at ?? {}),
  ...Object.entries(call.params ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [name])),
  ...(call.upload ? [...Object.keys(call.upload.fields), "filename"] : []),
];

/** All that the client sends, seen without sending it. */
async function allSent(): Promise<Sent[]> {
  const sent = [LOGIN, OF_NODE];
  for (const offered of [true, false]) {
    const recorder: Proxmox = {
      cluster: "main",
      call: (call) => {
        sent.push({ endpoint: `${call.method} ${call.path}`, names: namesOf(call) });
        return Promise.reject(new Error("only recorded"));
      },
      before: () => recorder,
      offers: async () => offered,
      heldBack: async () => undefined,
      report: async () => undefined,
    };
    for (const call of calls(SUBJECTS)) await call(recorder).catch(() => undefined);
  }
  return sent;
}

/** `net0` is one of many `net[n]`. */
const isKnown = (known: object, name: string) => name in known || name.replace(/\d+$/, "[n]") in known;

const sent = await allSent();

test("the list of endpoints is that of the calls that are made, no more and no less", () => {
  expect([...new Set(sent.map(({ endpoint }) => endpoint))].toSorted()).toEqual([...ENDPOINTS].toSorted());
});

test("the types are those of the facts", () => {
  const run = spawnSync(process.execPath, ["local/proxmox/facts/types.ts", "--check"], { encoding: "utf8" });
  expect([run.status, run.stderr]).toEqual([0, ""]);
});

test.each(VERSIONS)(
  "%s: every call and every parameter is there, or is refused before it is sent",
  (version) => {
    const facts = new Map(factsOf(version).endpoints.map((one) => [`${one.method} ${one.path}`, one.params]));
    const wrong = sent.flatMap(({ endpoint, names }) => {
      const known = facts.get(endpoint);
      if (unavailable(version, endpoint, names)) return [];
      if (!known) return [endpoint];
      return names.filter((name) => !isKnown(known, name)).map((name) => `${endpoint} ${name}`);
    });
    expect(wrong).toEqual([]);
  },
);

test.each(VERSIONS)("%s: what a gate closes is indeed not there", (version) => {
  const facts = new Map(factsOf(version).endpoints.map((one) => [`${one.method} ${one.path}`, one.params]));
  const wrong = ENDPOINTS.filter((endpoint) => {
    const params = facts.get(endpoint);
    const closed = unavailable(version, endpoint, Object.keys(params ?? {}));
    return params ? closed !== undefined : !closed?.includes(version);
  });
  expect(wrong).toEqual([]);
});

test.each(VERSIONS)("%s: no parameter that must be there is left out", (version) => {
  for (const { endpoint, names } of sent) {
    const known = factsOf(version).endpoints.find((one) => `${one.method} ${one.path}` === endpoint);
    const needed = Object.entries(known?.params ?? {}).filter(([, one]) => !one.optional);
    expect([endpoint, needed.filter(([name]) => !names.includes(name)).map(([name]) => name)]).toEqual([
      endpoint,
      [],
    ]);
  }
});

const LOOSE: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => [0, 1, "0", "1", "", true, false].some((one) => one === value),
  integer: (value) => /^-?\d+$/.test(String(value)),
  number: (value) => value !== "" && Number.isFinite(Number(value)),
  string: (value) => typeof value === "string" || typeof value === "number",
  null: (value) => value === null,
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What of an answer is not as the schema has it. Keys that it does not know are no fault: it is silent on many. */
function complaints(schema: Returned, value: unknown, at: string): string[] {
  const { type, items, props, enum: words } = schema;
  if (type === "array") {
    if (!Array.isArray(value)) return [`${at}: no list`];
    return items ? value.flatMap((one, n) => complaints(items, one, `${at}[${n}]`)) : [];
  }
  if (props) {
    if (!isRecord(value)) return [`${at}: no object`];
    return Object.entries(props).flatMap(([name, one]) => {
      if (value[name] !== undefined) return complaints(one, value[name], `${at}.${name}`);
      return one.optional ? [] : [`${at}.${name}: missing`];
    });
  }
  if (words && !words.includes(String(value)))
    return [`${at}: ${String(value)} is none of ${words.join(", ")}`];
  return (LOOSE[type ?? ""]?.(value) ?? true) ? [] : [`${at}: ${JSON.stringify(value)} is no ${type}`];
}

async function subjectsOf(proxmox: Proxmox): Promise<Subjects> {
  const { guests } = await resources(proxmox);
  const path = (type: "qemu" | "lxc") => {
    const found = guests.find((guest) => guest.type === type && guest.status === "running");
    if (!found) throw new Error(`no ${type}`);
    return { node: found.node, vmid: found.vmid };
  };
  return {
    vm: { ...path("qemu"), type: "qemu" },
    container: { ...path("lxc"), type: "lxc" },
    upid: SUBJECTS.upid,
  };
}

test.each(VERSIONS)("%s: every answer is as the schema says, and can be read", async (version) => {
  const stage = await lab({ version });
  const { clock, world, simulator } = stage;
  const told: string[] = [];
  const returns = returnsOf(version);
  const dial = world.dial({
    cluster: "main",
    endpoints: [],
    fingerprints: [],
    credential: { token: simulator.token },
  });
  let now: Call | undefined;
  const client = proxmoxClient(
    "main",
    async (wire) => {
      const reply = await dial(wire);
      // Asking for the version comes between a call and its answer.
      const [about] = /^(?:\/nodes\/\w+)?\/version$/.exec(wire.target) ?? [];
      const path = about?.replace(/nodes\/\w+/, "nodes/{node}");
      const call = path === undefined ? now : { method: "GET", path };
      const endpoint = call && `${call.method} ${call.path}`;
      const { data }: { data: unknown } = JSON.parse(reply.body);
      if (endpoint && reply.status === 200) told.push(...complaints(returns[endpoint] ?? {}, data, endpoint));
      return reply;
    },
    { clock, log: world.log },
  );
  const proxmox: Proxmox = { ...client, call: (call, data) => ((now = call), client.call(call, data)) };
  const subjects = await subjectsOf(proxmox);
  const upid = Object.keys(simulator.state.tasks).find((one) => one.startsWith(`UPID:${subjects.vm.node}:`));
  for (const call of calls({ ...subjects, upid: upid ?? "" })) {
    await clock.until(call(proxmox));
    await clock.advance(600_000);
  }
  expect(told).toEqual([]);
});
