import type { Host } from "./host.ts";

/** Seconds between two runs; shorter than in production, so that one need not wait to see them work. */
const EVERY = { inventory: 10, expire: 10, sweep: 10, reconcile: 300 };

/** Runs the cron functions, each at once and then at its pace, never two of one at a time. */
export function startTimers(host: Host): { stop: () => void } {
  const timers: NodeJS.Timeout[] = [];
  for (const [name, seconds] of Object.entries(EVERY)) {
    let running = false;
    const run = async () => {
      if (running) return;
      running = true;
      await host.invoke(`functions/cron/${name}`, {}).catch(() => undefined);
      running = false;
    };
    void run();
    timers.push(setInterval(() => void run(), seconds * 1000));
  }
  return { stop: () => timers.forEach(clearInterval) };
}
