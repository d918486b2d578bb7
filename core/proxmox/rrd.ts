import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import { numeric } from "./wire.ts";

const figure = numeric.nullish();
/** The names of pmxcfs; a figure without a sample is left out. Bytes, bytes a second, and the share of the CPUs. */
const Sample = z.object({
  time: numeric,
  cpu: figure,
  maxcpu: figure,
  mem: figure,
  maxmem: figure,
  disk: figure,
  maxdisk: figure,
  netin: figure,
  netout: figure,
  diskread: figure,
  diskwrite: figure,
});

export const TIMEFRAMES = ["hour", "day", "week", "month", "year"] as const;

/** Which stretch of time, and how the samples of one step are brought together. */
interface Wanted {
  readonly timeframe: (typeof TIMEFRAMES)[number];
  readonly cf: "AVERAGE" | "MAX";
}

/** What a guest used over time, the oldest first. */
export const statistics = (proxmox: Proxmox, guest: GuestPath, wanted: Wanted) =>
  proxmox.call(
    ask(`GET /nodes/{node}/${guest.type}/{vmid}/rrddata`, atGuest(guest), { ...wanted }),
    z.array(Sample),
  );
