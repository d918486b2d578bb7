import { type Grants, grantsFor, settings } from "./functions.ts";
import { adminKey, keyPepper } from "./secrets.ts";

const grants = grantsFor("write", ["proxmox", "queue"]);
const keeper = grantsFor("write", ["proxmox", "queue", "scheduler"]);

// A timeout below the rate: a tick never meets the one before it.
cron("inventory", { ...grants, schedule: "rate(1 minute)", timeout: "50 seconds" });
cron("expire", { ...grants, schedule: "rate(5 minutes)", timeout: "4 minutes" });
cron("sweep", { ...grants, schedule: "rate(5 minutes)", timeout: "4 minutes" });
cron("reconcile", {
  ...keeper,
  link: [...keeper.link, adminKey, keyPepper],
  schedule: "rate(1 hour)",
  timeout: "10 minutes",
});

type Tick = Grants & { schedule: `rate(${string})`; timeout: `${number} ${"seconds" | "minutes"}` };

function cron(name: string, { schedule, ...tick }: Tick) {
  new sst.aws.CronV2(`${name.charAt(0).toUpperCase()}${name.slice(1)}Cron`, {
    schedule,
    // The next tick does the work of one that failed; a late repeat would only overlap it.
    retries: 0,
    function: { ...settings, ...tick, handler: `functions/cron/${name}.handler`, retries: 0 },
  });
}
