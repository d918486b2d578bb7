import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { sectionHandlers, sectionOf, type SectionFile } from "../section.ts";
import { atLeast } from "../world.ts";
import { moveAll } from "./migrate.ts";

/** `vm:103` of "103" or "vm:103". */
const guestId = (sid: string) => Number(sid.split(":").at(-1));

/** `vm:103` of "103": the kind is the guest's. */
function sidOf({ world }: Call, sent: string): string {
  if (sent.includes(":")) return sent;
  return `${world.state.guests[sent]?.kind === "lxc" ? "ct" : "vm"}:${sent}`;
}

const MIGRATED = "ha groups have been migrated to rules";

const RESOURCES: SectionFile = {
  file: "ha-resources",
  idOf: sidOf,
  missingOnUpdate: (sid) => `update resources config failed: no such resource '${sid}'`,
  path: "/cluster/ha/resources",
  key: "sid",
  exists: (sid) => `create resource failed: resource ID '${sid}' already defined`,
  missing: (sid) => `no such resource '${sid}'`,
  missingOnDelete: (sid) => `cannot delete service '${sid}', not HA managed!`,
  derived: (sid, entry) => ({ type: sid.split(":")[0], state: entry.state ?? "started" }),
  check: (call, sid) => {
    if (!call.world.state.guests[guestId(sid)]) throw died(`resource '${sid}' does not exist in cluster`);
  },
};

const RULES: SectionFile = {
  file: "ha-rules",
  path: "/cluster/ha/rules",
  key: "rule",
  exists: (rule) => `create rule failed: HA rule '${rule}' already exists`,
  missing: (rule) => `no such ha rule '${rule}'`,
  missingOnDelete: () => undefined,
};

const GROUPS: SectionFile = {
  file: "ha-groups",
  path: "/cluster/ha/groups",
  key: "group",
  exists: (group) => `create ha group failed: ha group ID '${group}' already defined`,
  missing: (group) => `no such ha group '${group}'`,
  missingOnDelete: () => undefined,
  derived: () => ({ type: "group" }),
  checkRemoval(call, id) {
    const resources = Object.entries(sectionOf(call.world, "ha-resources"));
    const [sid] = resources.find(([, { group }]) => group === id) ?? [];
    if (sid !== undefined) throw died(`delete ha group failed: ha group is used by service '${sid}'`);
  },
};

/** What a call wants to do with groups. */
function verbOf(name: string): string {
  const [method = "", path = ""] = name.split(" ");
  if (method === "GET") return path.endsWith("}") ? "read group" : "index groups";
  return `${{ POST: "create", PUT: "update" }[method] ?? "delete"} group`;
}

/** The manager is asked, and acts later if it can: nobody looks whether the node is there. */
function move(call: Call): unknown {
  const { world, params } = call;
  const sid = sidOf(call, params.text("sid"));
  if (!sectionOf(world, "ha-resources")[sid]) throw died(`resource '${sid}' is not HA managed`);
  const guest = world.state.guests[guestId(sid)];
  const target = params.text("node");
  const delay = world.random.between(10_000, 25_000) / world.speed;
  if (guest && world.state.nodes[target])
    void world.clock.sleep(delay).then(() => moveAll(world, guest, target));
  return atLeast(world, 9) ? { sid, "requested-node": target } : null;
}

/** No group is taken from 9.0 on. */
const withoutGroups = (handlers: Handlers): Handlers =>
  Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      (call: Call) => {
        if (atLeast(call.world, 9) && call.params.has("group"))
          throw died(`invalid parameter 'group': ${MIGRATED}`);
        return handler(call);
      },
    ]),
  );

/** From 9.0 on a cluster without groups has none and takes none. */
function groups(): Handlers {
  const plain = sectionHandlers(GROUPS);
  return Object.fromEntries(
    Object.entries(plain).map(([name, handler]) => [
      name,
      (call: Call) => {
        if (atLeast(call.world, 9)) throw died(`cannot ${verbOf(name)}: ${MIGRATED}`);
        return handler(call);
      },
    ]),
  );
}

function status(call: Call) {
  const { state } = call.world;
  const nodes = Object.values(state.nodes);
  const master = nodes.find(({ online }) => online)?.name ?? "";
  const quorum = { id: "quorum", type: "quorum", node: call.node, quorate: state.quorate ? 1 : 0 };
  const resources = Object.entries(sectionOf(call.world, "ha-resources"));
  if (resources.length === 0 && !nodes.some(({ maintenance }) => maintenance))
    return [{ ...quorum, status: state.quorate ? "OK" : "No quorum!" }];
  return [
    { ...quorum, status: "OK" },
    { id: "master", type: "master", node: master, status: `${master} (active)` },
    ...nodes.map(({ name, online, maintenance }) => ({
      id: `lrm:${name}`,
      type: "lrm",
      node: name,
      status: maintenance ? `${name} (maintenance mode)` : online ? "active" : "dead",
    })),
    ...resources.map(([sid, entry]) => {
      const node = state.guests[guestId(sid)]?.node;
      return {
        id: `service:${sid}`,
        type: "service",
        sid,
        node,
        state: entry.state ?? "started",
        status: sid,
      };
    }),
  ];
}

export const haHandlers: Handlers = {
  ...withoutGroups(sectionHandlers(RESOURCES)),
  "POST /cluster/ha/resources/{sid}/migrate": move,
  "POST /cluster/ha/resources/{sid}/relocate": move,
  ...sectionHandlers(RULES),
  ...groups(),
  "GET /cluster/ha/status/current": status,
};
