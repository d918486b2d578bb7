import * as z from "zod";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { statistics as series, TIMEFRAMES } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { reach } from "./reach.ts";

const figure = z.number().nullable();

/** One sample; a figure is null where there was none, as while the guest was off. */
const Sample = z.object({
  time: z.iso.datetime(),
  cpuUsage: figure,
  cpus: figure,
  memoryUsedBytes: figure,
  memoryBytes: figure,
  diskUsedBytes: figure,
  diskBytes: figure,
  networkInBytesPerSecond: figure,
  networkOutBytesPerSecond: figure,
  diskReadBytesPerSecond: figure,
  diskWriteBytesPerSecond: figure,
});

type Series = Awaited<ReturnType<typeof series>>;

const toSample = (row: Series[number]): z.infer<typeof Sample> => ({
  time: new Date(row.time * 1000).toISOString(),
  cpuUsage: row.cpu ?? null,
  cpus: row.maxcpu ?? null,
  memoryUsedBytes: row.mem ?? null,
  memoryBytes: row.maxmem ?? null,
  diskUsedBytes: row.disk ?? null,
  diskBytes: row.maxdisk ?? null,
  networkInBytesPerSecond: row.netin ?? null,
  networkOutBytesPerSecond: row.netout ?? null,
  diskReadBytesPerSecond: row.diskread ?? null,
  diskWriteBytesPerSecond: row.diskwrite ?? null,
});

/** What one guest used over time, the oldest sample first. */
export const statistics = verb({
  action: "vm.statistics",
  effect: "read",
  input: z.strictObject({
    cluster: ClusterId,
    vmid: Vmid,
    fresh: Flag.default(false),
    timeframe: z.enum(TIMEFRAMES).default("hour"),
    cf: z.enum(["AVERAGE", "MAX"]).default("AVERAGE"),
  }),
  output: z.object({ id: z.string(), timeframe: z.string(), cf: z.string(), items: z.array(Sample) }),
  async run(ctx, input) {
    const { timeframe, cf } = input;
    const { guest, value } = await reach(ctx, input, (proxmox, at) => series(proxmox, at, { timeframe, cf }));
    return { id: guest.id, timeframe, cf, items: value.map(toSample) };
  },
});
