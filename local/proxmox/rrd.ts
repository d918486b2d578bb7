import { atLeast, seconds, type World } from "./world.ts";

interface Frame {
  readonly rows: number;
  /** Seconds from one row to the next. */
  readonly step: number;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const WEEK = 7 * DAY;
const HISTORY = 31 * DAY;

const frame = (rows: number, step: number): Frame => ({ rows, step });

const OLD: Readonly<Record<string, Frame>> = {
  hour: frame(70, MINUTE),
  day: frame(70, 30 * MINUTE),
  week: frame(70, 3 * HOUR),
  month: frame(70, 12 * HOUR),
  year: frame(70, WEEK),
};

const NEW: Readonly<Record<string, Frame>> = {
  hour: frame(60, MINUTE),
  day: frame(1440, MINUTE),
  week: frame(336, 30 * MINUTE),
  month: frame(1440, 30 * MINUTE),
  year: frame(1440, 6 * HOUR),
  decade: frame(570, WEEK),
};

/** What a figure is at full size and how it moves: `level` figures swing around it, `total` figures stay. */
export interface Curve {
  readonly name: string;
  readonly value: number;
  readonly swing: number;
}

export const level = (name: string, value: number): Curve => ({ name, value, swing: 0.3 });
export const total = (name: string, value: number): Curve => ({ name, value, swing: 0 });

/** A day's rhythm, the same at every call. */
const rhythm = (time: number, salt: number) => Math.sin((2 * Math.PI * time) / DAY + salt);

/** Series in the rows and steps of this version, newest last. Keys without samples are left out, as Proxmox does. */
export function series(world: World, timeframe: string, curves: readonly Curve[]): Record<string, number>[] {
  const { rows, step } = (atLeast(world, 9) ? NEW : OLD)[timeframe] ?? frame(70, MINUTE);
  const now = seconds(world);
  const last = now - (now % step);
  return Array.from({ length: rows }, (_, index) => {
    const time = last - (rows - 1 - index) * step;
    if (time < now - HISTORY) return { time };
    const samples = curves.map(
      ({ name, value, swing }, salt) => [name, value * (1 + swing * rhythm(time, salt))] as const,
    );
    return { time, ...Object.fromEntries(samples) };
  });
}
