import type { Random } from "./random.ts";

type Draw = (random: Random) => number;
const fixed =
  (milliseconds: number): Draw =>
  () =>
    milliseconds;
const between =
  (low: number, high: number): Draw =>
  (random) =>
    random.between(low, high);
const lognormal =
  (median: number, sigma: number): Draw =>
  (random) =>
    random.lognormal(median, sigma);

/** The published latency model: how long each kind of task works, in milliseconds at speed 1. */
const DURATIONS: Readonly<Record<string, Draw>> = {
  snapshot: lognormal(3000, 0.6),
  delsnapshot: lognormal(2000, 0.4),
  rollback: lognormal(3000, 0.4),
  start: between(2000, 6000),
  stop: fixed(1200),
  shutdown: between(4000, 6000),
  reboot: between(4000, 6000),
  reset: fixed(200),
  suspend: fixed(300),
  resume: fixed(300),
  create: fixed(300),
  unpack: fixed(2000),
  destroy: between(400, 900),
  clone: lognormal(12_000, 0.3),
  "linked-clone": fixed(1200),
  vzdump: lognormal(12_000, 0.3),
  restore: lognormal(12_000, 0.3),
  migrate: between(1900, 10_000),
  config: fixed(200),
  resize: fixed(400),
  template: fixed(500),
  imgdel: fixed(300),
};

/** How long this kind of work takes, in milliseconds at speed 1. */
export const durationOf = (kind: string, random: Random): number => (DURATIONS[kind] ?? fixed(500))(random);

/** What Proxmox itself waits, whatever the speed of its storage: milliseconds. */
export const WAITS = {
  unauthorized: 3000,
  configLock: 10_000,
  storageLock: 10_000,
  proxy: 30_000,
  noQuorum: 9000,
  taskStop: 1000,
  brokenPipe: 5000,
  agent: 3000,
} as const;
