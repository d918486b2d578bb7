import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { toRow } from "../core/db/row.ts";
import * as Vms from "../functions/api/vms/list.ts";
import { smallWorld } from "../test/core/world.ts";
import { caller } from "../test/kit/caller.ts";
import { virtualClock } from "../test/kit/clock.ts";
import { cpu } from "./lib/cpu.ts";

const Job = z.object({
  /** What is in the table `State`. */
  rows: z.array(z.record(z.string(), z.unknown())),
  now: z.coerce.date(),
  key: z.string(),
  query: z.record(z.string(), z.string()),
});

const Listed = z.object({ items: z.array(z.unknown()).min(1) });

/** The most memory that this process took, in MB. `resourceUsage().maxRSS` begins with what its parent had. */
function peak(): number {
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

/** One function alone with what it reads, as a Lambda is; tells its CPU time for a call and the memory of its process. */
async function measure(message: unknown) {
  const { rows, now, key, query } = Job.parse(message);
  const { world, clock } = smallWorld(virtualClock(now));
  for (const row of rows) await world.store.write([{ table: "State", put: toRow(row) }]);
  const { call } = caller(world, clock, key);
  const list = async () => Listed.parse((await call(Vms, { query })).json);
  const before = process.cpuUsage();
  await list();
  const { user, system } = process.cpuUsage(before);
  const milliseconds = await cpu(list);
  return { first: (user + system) / 1000, milliseconds, megabytes: peak() };
}

const [message] = await once(process, "message");
process.send?.(await measure(message));
