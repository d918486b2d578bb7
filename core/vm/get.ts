import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { find, Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { Warning } from "../lib/page.ts";
import { stateOf } from "../power/index.ts";
import { current, pending, presentTextsOf, type Proxmox } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { addressesOf } from "./addresses.ts";
import { reachKnown } from "./reach.ts";
import { networksOf } from "./config-networks.ts";
import { ConfigView, hasAgent, toConfigView } from "./config-view.ts";

const Address = z.object({ interface: z.string(), mac: z.string().nullable(), address: z.string() });

/** A guest with its configuration. What Proxmox does not tell now is left out, and a warning says why. */
const Detail = Guest.extend({
  ...ConfigView.omit({ name: true, memoryBytes: true }).partial().shape,
  addresses: z.array(Address).nullable(),
  warnings: z.array(Warning),
});
type Detail = z.infer<typeof Detail>;

/** Its configuration and what it does: a listing knows neither a guest that is halted nor one that has just ended. */
async function look(proxmox: Proxmox, guest: Guest) {
  const [rows, now] = await Promise.all([pending(proxmox, guest), current(proxmox, guest)]);
  return { rows, now };
}

async function detail(ctx: Context, listed: Guest): Promise<Detail> {
  const { guest, value } = await reachKnown(ctx, listed, look);
  const { rows, now } = value;
  const { name: _, memoryBytes: __, ...config } = toConfigView(rows, guest.type);
  const here = { ...listed, node: guest.node, status: stateOf(now), lock: now.lock ?? null, ...config };
  // Its cards and its agent are those with which it runs, whatever is to be at its next start.
  const texts = presentTextsOf(rows);
  const told = now.status === "running" && (guest.type === "lxc" || hasAgent(texts));
  if (!told) return { ...here, addresses: [], warnings: [] };
  const proxmox = await Cluster.connect(ctx, guest.cluster);
  return { ...here, ...(await addressesOf(ctx, proxmox, { guest, networks: networksOf(texts) })) };
}

/** One guest: as it is listed, its configuration, and its addresses. */
export const get = verb({
  action: "vm.get",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, fresh: Flag.default(false) }),
  output: Detail,
  async run(ctx, input) {
    const listed = await find(ctx, input.cluster, input.vmid, input.fresh);
    return detail(ctx, listed).catch((error: unknown) => {
      if (!(error instanceof Fault) || error.kind === "missing") throw error;
      const warnings = [{ code: error.code, detail: `no configuration of ${listed.id}: ${error.message}` }];
      return { ...listed, addresses: null, warnings };
    });
  },
});
