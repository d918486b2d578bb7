import { CRONS } from "./duties.ts";
import { grantsFor, settings } from "./functions.ts";

// A timeout below the rate: a tick never meets the one before it.
cron("inventory", { schedule: "rate(1 minute)", timeout: "50 seconds" });
cron("expire", { schedule: "rate(5 minutes)", timeout: "4 minutes" });
cron("sweep", { schedule: "rate(5 minutes)", timeout: "4 minutes" });
cron("reconcile", { schedule: "rate(1 hour)", timeout: "10 minutes" });

type Tick = { schedule: `rate(${string})`; timeout: `${number} ${"seconds" | "minutes"}` };

function cron(name: keyof typeof CRONS, { schedule, timeout }: Tick) {
  new sst.aws.CronV2(`${name.charAt(0).toUpperCase()}${name.slice(1)}Cron`, {
    schedule,
    // The next tick does the work of one that failed; a late repeat would only overlap it.
    retries: 0,
    function: {
      ...settings,
      ...grantsFor(CRONS[name]),
      timeout,
      handler: `functions/cron/${name}.handler`,
      retries: 0,
    },
  });
}
