import type { World } from "../core/context.ts";
import type { Change, Key, Store } from "../core/db/index.ts";
import type { Transport } from "../core/proxmox/transport.ts";
import { NO_COUNTS } from "../core/operation/counts.ts";
import type { Lab } from "../test/kit/lab.ts";
import { blind } from "./world-blind.ts";
import type { Hazard } from "./world-hazards.ts";

/** Makes a Moxxie with a fault out of one without. */
export type Plant = (lab: Lab) => World;

/** A fault that is put into Moxxie, so that the check of an invariant shows that it can fail. */
interface Planted {
  /** How the words of a violation of the invariant begin. */
  readonly breaks: string;
  /** The fault. */
  readonly by: string;
  /** What a world has to have for the fault to show. */
  readonly hazards?: readonly Hazard[];
  readonly plant: Plant;
}

/** A world whose requests take another way. */
const sending = (world: World, way: (send: Transport) => Transport): World => ({
  ...world,
  dial: (target) => way(world.dial(target)),
});

/** A world that writes something else. */
const writing = (world: World, rewrite: (change: Change) => readonly Change[]): World => ({
  ...world,
  store: { ...world.store, write: (changes) => world.store.write(changes.flatMap(rewrite)) },
});

/** A world in which some rows are never found, and are written whatever there is. */
function careless(world: World, ignores: (key: Key) => boolean): World {
  const { store } = writing(world, (change) => [
    "put" in change && ignores(change.put) ? { ...change, when: {} } : change,
  ]);
  const get: Store["get"] = async (table, key, how) =>
    ignores(key) ? undefined : store.get(table, key, how);
  return { ...world, store: { ...store, get } };
}

/** No task and no backup is ever seen. */
const untraced = (world: World) =>
  sending(world, (send) => async (wire) => {
    const reply = await send(wire);
    const shows = /^\/nodes\/[^/]+\/tasks\?|\/content\?/.test(wire.target);
    return shows ? { ...reply, body: '{"data":[]}' } : reply;
  });

/** Whatever task has ended is said to have ended well. */
const hopeful = (world: World) =>
  sending(world, (send) => async (wire) => {
    const reply = await send(wire);
    if (!/^\/(?:cluster|nodes\/[^/]+)\/tasks/.test(wire.target)) return reply;
    const body = reply.body
      .replaceAll(/"exitstatus":"[^"]*"/g, '"exitstatus":"OK"')
      .replaceAll(/("endtime":\d+[^}]*"status":)"[^"]*"/g, '$1"OK"');
    return { ...reply, body };
  });

/** Every look is made twenty times. */
const nervous = (world: World) =>
  sending(world, (send) => async (wire) => {
    for (let more = 19; more > 0 && wire.method === "GET"; more--) await send(wire).catch(() => undefined);
    return send(wire);
  });

/** The token is in the log, in a form that nobody takes out. */
const loud: Plant = ({ world, simulator }) =>
  sending(world, (send) => (wire) => {
    world.log.info("request", { by: Buffer.from(simulator.token).toString("base64") });
    return send(wire);
  });

/** A change that counts nothing where it counts how items ended. */
const zeroed = (change: Change): Change => {
  if (!("update" in change) || !change.set) return change;
  const set = Object.entries(change.set).map(([name, value]) => [
    name,
    name.startsWith("closed.") ? NO_COUNTS : value,
  ]);
  return { ...change, set: Object.fromEntries(set) };
};

/** An audit row that names another actor than the one that its hash was made of. */
const forged = (change: Change): Change =>
  change.table === "Audit" && "put" in change
    ? { ...change, put: { ...change.put, actor: "nobody" } }
    : change;

const isRun = ({ sk }: Key) => sk.startsWith("run#");

/** One at least for each invariant. */
export const PLANTS: readonly Planted[] = [
  {
    breaks: "I1:",
    by: "no messages",
    plant: ({ world }) => ({ ...world, queue: { ...world.queue, send: async () => undefined } }),
  },
  { breaks: "I2:", by: "no trace of tasks", hazards: ["restoring"], plant: ({ world }) => untraced(world) },
  { breaks: "I3:", by: "hope instead of an exit status", plant: ({ world }) => hopeful(world) },
  {
    breaks: "I4:",
    by: "no lock of a guest",
    hazards: ["firing", "restoring"],
    plant: ({ world }) => careless(world, ({ pk }) => pk.startsWith("guest#")),
  },
  {
    breaks: "I5:",
    by: "no cap of a node",
    plant: ({ world }) => ({ ...world, settings: { ...world.settings, nodeCap: 40 } }),
  },
  {
    breaks: "I6: no audit row",
    by: "no audit log",
    plant: ({ world }) => writing(world, (change) => (change.table === "Audit" ? [] : [change])),
  },
  {
    breaks: "I6: an entry",
    by: "a forged entry",
    plant: ({ world }) => writing(world, (change) => [forged(change)]),
  },
  { breaks: "I7:", by: "the token in the log", plant: loud },
  { breaks: "I8:", by: "no counts", plant: ({ world }) => writing(world, (change) => [zeroed(change)]) },
  { breaks: "I9:", by: "twenty looks for one", plant: ({ world }) => nervous(world) },
  {
    breaks: "I10:",
    by: "no row of a run",
    hazards: ["firing"],
    plant: ({ world }) => writing(world, (change) => ("put" in change && isRun(change.put) ? [] : [change])),
  },
  {
    breaks: "I11:",
    by: "no condition of a run",
    hazards: ["firing"],
    plant: ({ world }) => careless(world, isRun),
  },
  {
    breaks: "I12:",
    by: "no look at tags",
    hazards: ["retagging"],
    plant: ({ world, simulator }) => blind(world, simulator),
  },
];
