import { systemClock, type Clock } from "../../core/lib/clock.ts";
import { emptyCounters, type Counters } from "./counters.ts";
import { daemonsOf } from "./daemon.ts";
import { factsOf, type Version } from "./facts/index.ts";
import { faults, type Faults } from "./fault.ts";
import { fileLocks } from "./file-lock.ts";
import { fleet } from "./fleet.ts";
import { handle } from "./handle.ts";
import { forgetful, journal, readState, type Journal } from "./journal.ts";
import { randomOf } from "./random.ts";
import type { SimulatorRequest, SimulatorResponse } from "./request.ts";
import { rebootNode } from "./reboot.ts";
import { State } from "./state.ts";
import { loseRunningTasks } from "./task.ts";
import { inflict, setOnline, type Trouble } from "./trouble.ts";
import type { World } from "./world.ts";

export interface SimulatorOptions {
  readonly version?: Version;
  readonly clock?: Clock;
  readonly seed?: number;
  /** Tasks take their published durations divided by this. */
  readonly speed?: number;
  /** Calls take the time of the published latency model, three at a time on each daemon. */
  readonly latency?: boolean;
  /** The way to the cluster and back, in milliseconds; only with `latency`. */
  readonly roundTrip?: number;
  /** /cluster/resources shows power and figures as of the last ten seconds' mark, as pvestatd does. */
  readonly late?: boolean;
  readonly nodes?: number;
  /** How many guests the fleet has; 24 by default, 0 for an empty cluster. */
  readonly guests?: number;
  /** `user@realm!id=secret`. */
  readonly token?: string;
  readonly password?: string;
  /** Takes this state instead of a new fleet. */
  readonly state?: State;
  /** Keeps the state in this file, and goes on from it when it exists. */
  readonly file?: string;
}

export interface Simulator {
  readonly version: Version;
  /** `user@realm!id=secret` of root's first token. */
  readonly token: string;
  readonly user: string;
  readonly password: string;
  readonly faults: Faults;
  handle(request: SimulatorRequest): Promise<SimulatorResponse>;
  /** Breaks something of the cluster itself, or mends it again. */
  inflict(trouble: Trouble): void;
  /** Takes a node off the network or brings it back. */
  setNode(name: string, condition: { online: boolean }): void;
  /** Crashes a node and brings it back: running tasks are lost and leave their locks. */
  rebootNode(name: string): void;
  setQuorum(quorate: boolean): void;
  revokeToken(id: string): void;
  counters(): Counters;
  resetCounters(): void;
  /** A copy of the whole state. */
  dump(): State;
  /** The state itself, for tests that arrange a case; call `touch` afterwards when it is kept in a file. */
  readonly state: State;
  touch(): void;
}

function worldOf(options: SimulatorOptions, state: State, keeper: Journal): World {
  const clock = options.clock ?? systemClock;
  return {
    version: state.version,
    facts: factsOf(state.version),
    clock,
    random: randomOf(state),
    speed: options.speed ?? 1,
    state,
    counters: emptyCounters(),
    locks: fileLocks(clock),
    daemons: options.latency ? daemonsOf(options.roundTrip) : undefined,
    late: options.late ?? false,
    interrupts: new Map(),
    touch: () => keeper.touch(),
  };
}

function firstState(options: SimulatorOptions): State {
  const kept = options.file ? readState(options.file) : undefined;
  return options.state ?? kept ?? fleet({ ...options, now: (options.clock ?? systemClock).now() });
}

/** A Proxmox VE cluster in this process: its answers, tasks, locks and errors are those of the real one. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const state = State.parse(firstState(options));
  const keeper = options.file ? journal(options.file, () => state) : forgetful;
  const world = worldOf(options, state, keeper);
  loseRunningTasks(world);
  world.touch();
  return simulatorOf(world, keeper);
}

function simulatorOf(world: World, keeper: Journal): Simulator {
  const { state } = world;
  const placed = faults();
  const [id = "", token] = Object.entries(state.tokens)[0] ?? [];
  const change = (work: () => void) => {
    work();
    world.touch();
  };
  return {
    version: world.version,
    token: `${id}=${token?.secret ?? ""}`,
    user: "root@pam",
    password: state.users["root@pam"]?.password ?? "",
    faults: placed,
    state,
    touch: () => world.touch(),
    async handle(request) {
      try {
        return await handle(world, placed, request);
      } finally {
        await keeper.written();
      }
    },
    inflict: (trouble) => change(() => inflict(world, trouble)),
    setNode: (name, { online }) => change(() => setOnline(world, name, online)),
    rebootNode: (name) => rebootNode(world, name),
    setQuorum: (quorate) => change(() => Object.assign(state, { quorate })),
    revokeToken: (revoked) => change(() => delete state.tokens[revoked]),
    counters: () => structuredClone(world.counters),
    resetCounters: () =>
      Object.assign(world.counters, { ...emptyCounters(), running: world.counters.running }),
    dump: () => structuredClone(state),
  };
}
