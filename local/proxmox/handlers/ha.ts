import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { sectionHandlers, sectionOf, type SectionFile } from "../section.ts";
import { atLeast } from "../world.ts";

/** `vm:103` of "103" or "vm:103". */
const guestId = (sid: string) => Number(sid.split(":").at(-1));

const RESOURCES: SectionFile = {
  file: "ha-resources",
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
};

const GROUPS: SectionFile = {
  file: "ha-groups",
  path: "/cluster/ha/groups",
  key: "group",
  exists: (group) => `create ha group failed: group ID '${group}' already defined`,
  missing: (group) => `no such ha group '${group}'`,
};

/** From 9.0 on a cluster without groups has none and takes none. */
function groups(): Handlers {
  const plain = sectionHandlers(GROUPS);
  return Object.fromEntries(
    Object.entries(plain).map(([name, handler]) => [
      name,
      (call: Call) => {
        const verb = name.startsWith("POST") ? "create group" : "index groups";
        if (atLeast(call.world, 9)) throw died(`cannot ${verb}: ha groups have been migrated to rules`);
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
  ...sectionHandlers(RESOURCES),
  ...sectionHandlers(RULES),
  ...groups(),
  "GET /cluster/ha/status/current": status,
};
