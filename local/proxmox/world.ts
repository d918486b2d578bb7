import type { Clock } from "../../core/lib/clock.ts";
import type { Counters } from "./counters.ts";
import type { Daemons } from "./daemon.ts";
import type { Facts, Version } from "./facts/index.ts";
import type { FileLocks } from "./file-lock.ts";
import type { Random } from "./random.ts";
import type { State } from "./state.ts";

/** All that a simulated cluster works with. What must outlive a restart is in `state`, the rest dies with the process. */
export interface World {
  readonly version: Version;
  readonly facts: Facts;
  readonly clock: Clock;
  readonly random: Random;
  /** Durations of tasks are divided by this. */
  readonly speed: number;
  readonly state: State;
  readonly counters: Counters;
  readonly locks: FileLocks;
  /** The workers that calls wait for; absent when calls take no time. */
  readonly daemons: Daemons | undefined;
  /** Listings show guests as the statistics daemon last saw them, up to 10 s ago. */
  readonly late: boolean;
  /** Ways to interrupt the tasks that run, by UPID. */
  readonly interrupts: Map<string, () => void>;
  /** Says that the state changed, so that it is written down before the next answer. */
  touch(): void;
}

/** Seconds since the epoch. */
export const seconds = (world: World): number => Math.floor(world.clock.now().getTime() / 1000);

/** True when this cluster's version is the given one or later, e.g. `atLeast(world, 8.3)`. */
export const atLeast = (world: World, version: number): boolean => Number(world.version) >= version;

/** The version of a node. */
export const versionOn = ({ state, version }: World, node: string): Version =>
  state.nodes[node]?.version ?? version;
