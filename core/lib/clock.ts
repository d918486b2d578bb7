/** Where time comes from: the machine, or a test that moves it by hand. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/** How far apart the clocks of sound machines may be, in milliseconds: Proxmox's tickets bear five minutes too. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Whether a date lies further in the future than clocks may differ: some clock was wrong, and no age follows from it. */
export const isFutureDated = (at: Date, now: Date) => at.getTime() > now.getTime() + CLOCK_TOLERANCE_MS;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
