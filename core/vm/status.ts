import * as z from "zod";
import { Guest } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { stateOf } from "../power/index.ts";
import { current, type Current } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { reach } from "./reach.ts";

/** What a guest does at this moment. Traffic is counted since its start; figures are null where Proxmox has none. */
const Status = Guest.pick({
  id: true,
  node: true,
  status: true,
  cpus: true,
  cpuUsage: true,
  memoryBytes: true,
  memoryUsedBytes: true,
  diskBytes: true,
  uptimeSeconds: true,
  lock: true,
}).extend({
  qemuStatus: z
    .string()
    .nullable()
    .describe("QEMU's own word, such as io-error or guest-panicked of a VM that is `paused`"),
  ha: z.object({ managed: z.boolean(), state: z.string().nullable() }),
  networkInBytes: z.number().nullable(),
  networkOutBytes: z.number().nullable(),
  diskReadBytes: z.number().nullable(),
  diskWriteBytes: z.number().nullable(),
});

const figuresOf = (now: Current) => ({
  cpus: now.cpus ?? null,
  cpuUsage: now.cpu ?? null,
  memoryBytes: now.maxmem ?? null,
  memoryUsedBytes: now.mem ?? null,
  diskBytes: now.maxdisk ?? null,
  uptimeSeconds: now.uptime ?? null,
});

const trafficOf = (now: Current) => ({
  networkInBytes: now.netin ?? null,
  networkOutBytes: now.netout ?? null,
  diskReadBytes: now.diskread ?? null,
  diskWriteBytes: now.diskwrite ?? null,
});

/** What one guest does now, asked of its own node. */
export const status = verb({
  action: "vm.status",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, fresh: Flag.default(false) }),
  output: Status,
  async run(ctx, input) {
    const { guest, value } = await reach(ctx, input, current);
    return {
      id: guest.id,
      node: guest.node,
      status: stateOf(value),
      ...figuresOf(value),
      lock: value.lock ?? null,
      qemuStatus: value.qmpstatus ?? null,
      ha: { managed: value.ha?.managed ?? false, state: value.ha?.state ?? null },
      ...trafficOf(value),
    };
  },
});
