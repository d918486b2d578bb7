import type { Dice } from "./lib/dice.ts";
import type { Stage } from "./world-stage.ts";

/** Trouble that has begun: it ends after a while, or when all trouble does. */
export type Mend = () => void;
type Trouble = (stage: Stage, dice: Dice) => Mend | undefined;

const guestOf = (stage: Stage, dice: Dice) => {
  const guests = Object.values(stage.simulator.state.guests);
  return guests.length === 0 ? undefined : dice.one(guests);
};
const nodeOf = (stage: Stage, dice: Dice) => dice.one(Object.keys(stage.simulator.state.nodes));

const deleted: Trouble = (stage, dice) => {
  const guest = guestOf(stage, dice);
  // An empty list is never believed, so what is left of an emptied cluster would wait for its deadline.
  if (!guest || Object.keys(stage.simulator.state.guests).length === 1) return undefined;
  stage.undo(guest);
  delete stage.simulator.state.guests[guest.vmid];
  stage.lost.add(guest.vmid);
  stage.tell(`guest ${guest.vmid} is deleted`);
  return undefined;
};

const moved: Trouble = (stage, dice) => {
  const guest = guestOf(stage, dice);
  if (!guest || guest.lock !== undefined) return undefined;
  guest.node = nodeOf(stage, dice);
  stage.astray.add(guest.vmid);
  stage.tell(`guest ${guest.vmid} is on ${guest.node}`);
  return undefined;
};

const locked: Trouble = (stage, dice) => {
  const guest = guestOf(stage, dice);
  if (!guest || guest.lock !== undefined) return undefined;
  guest.lock = dice.one(["backup", "snapshot-delete", "migrate"]);
  stage.tell(`guest ${guest.vmid} is locked (${guest.lock})`);
  return () => {
    delete guest.lock;
    stage.tell(`guest ${guest.vmid} is free`);
  };
};

const managed: Trouble = (stage, dice) => {
  const guest = guestOf(stage, dice);
  if (!guest) return undefined;
  const resources = (stage.simulator.state.sections["ha-resources"] ??= {});
  resources[`${guest.kind === "qemu" ? "vm" : "ct"}:${guest.vmid}`] = { state: "started" };
  stage.tell(`guest ${guest.vmid} is under HA`);
  return undefined;
};

const away: Trouble = (stage, dice) => {
  const node = nodeOf(stage, dice);
  stage.simulator.setNode(node, { online: false });
  stage.tell(`${node} is away`);
  return () => {
    stage.simulator.setNode(node, { online: true });
    stage.tell(`${node} is back`);
  };
};

const rebooted: Trouble = (stage, dice) => {
  const node = nodeOf(stage, dice);
  stage.keep();
  for (const guest of Object.values(stage.simulator.state.guests))
    if (guest.node === node) stage.shaken.add(guest.vmid);
  stage.simulator.rebootNode(node);
  stage.tell(`${node} reboots`);
  return () => {
    // Somebody unlocks what the crash left locked, as Moxxie's own words ask for.
    for (const guest of Object.values(stage.simulator.state.guests))
      if (guest.node === node && guest.lock !== undefined) delete guest.lock;
  };
};

const noQuorum: Trouble = ({ simulator, tell }) => {
  simulator.setQuorum(false);
  tell("no quorum");
  return () => {
    simulator.setQuorum(true);
    tell("quorum");
  };
};

const revoked: Trouble = ({ simulator, tell }) => {
  const [id = ""] = simulator.token.split("=");
  const token = simulator.state.tokens[id];
  if (!token) return undefined;
  simulator.revokeToken(id);
  tell("the token is revoked");
  return () => {
    simulator.state.tokens[id] = token;
    tell("the token is back");
  };
};

const full: Trouble = ({ simulator, tell }, dice) => {
  const storage = dice.one(Object.keys(simulator.state.storages));
  simulator.inflict({ do: "storage-full", storage });
  tell(`${storage} is full`);
  return () => simulator.inflict({ do: "storage-full", storage, on: false });
};

/** The index of finished tasks has rolled over: nobody can be asked about them any more. */
const rotated: Trouble = (stage, dice) => {
  const node = nodeOf(stage, dice);
  stage.keep();
  const index = stage.simulator.state.nodes[node]?.tasks.splice(0) ?? [];
  for (const upid of index) delete stage.simulator.state.tasks[upid];
  stage.tell(`${node} forgets ${index.length} tasks`);
  return undefined;
};

const warned: Trouble = (stage) => {
  stage.warnings.on = true;
  stage.tell("tasks end with warnings");
  return () => (stage.warnings.on = false);
};

/** What happens more often stands here twice. */
const TROUBLES: readonly Trouble[] = [
  deleted,
  moved,
  moved,
  locked,
  locked,
  locked,
  managed,
  away,
  rebooted,
  noQuorum,
  revoked,
  full,
  rotated,
  rotated,
  warned,
];

/** Breaks something in the cluster. */
export const trouble: Trouble = (stage, dice) => dice.one(TROUBLES)(stage, dice);
