import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { dataFolder, startDev } from "../test/kit/dev.ts";
import { compare } from "./dev-kill-truth.ts";
import { Victim } from "./dev-kill-victim.ts";
import { report, say } from "./lib/figure.ts";

const LONGEST_MS = 600_000;
const LOOK_MS = 200;
/** Every so many kills it is the whole server, with its Proxmox: the tasks that run there are cut off. */
const SERVER = 5;

function optionsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      guests: { type: "string", default: "560" },
      speed: { type: "string", default: "2" },
    },
  });
  return { guests: Number(values.guests), speed: Number(values.speed) };
}

/** Kills the functions every three to five seconds, now and then the whole server; false when time is up first. */
async function torment(victim: Victim, operation: string): Promise<boolean> {
  const end = Date.now() + LONGEST_MS;
  for (let kills = 1; Date.now() < end; kills++) {
    const due = Date.now() + 3000 + Math.random() * 2000;
    while (Date.now() < due) {
      if (await victim.hasEnded(operation)) return true;
      await sleep(LOOK_MS);
    }
    if (kills % SERVER === 0) await victim.killServer();
    else victim.killFunctions();
  }
  return false;
}

/**
 * A snapshot of every guest, by `npm run dev`'s own program whose functions are killed all the time. In the end each item
 * has to say what the simulated Proxmox itself shows. It takes real time, ten minutes at most.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { guests, speed } = optionsOf(args);
  await using folder = await dataFolder();
  const start = () => startDev(folder.dir, "--guests", String(guests), "--speed", String(speed));
  await using victim = new Victim(await start(), start);
  const begun = Date.now();
  const operation = await victim.begin();
  const ended = await torment(victim, operation);
  const seconds = Math.round((Date.now() - begun) / 1000);
  const { total, wrong, ends } = await compare(victim.dev, folder.dir, operation);
  for (const text of wrong) say(text);
  const { functionsKilled, serversKilled } = victim;
  say(JSON.stringify({ seconds, functionsKilled, serversKilled, items: total, ends }));
  const ok = ended && wrong.length === 0;
  report([{ id: "dev-kill", value: wrong.length, unit: "untrue items", goal: `0 of ${total}`, ok }]);
}
