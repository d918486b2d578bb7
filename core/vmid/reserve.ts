import type { World } from "../context.ts";
import { load } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { hasEnded } from "../operation/index.ts";
import { isFreeVmid, nextVmid, type Proxmox } from "../proxmox/index.ts";
import { claim, free, reservations } from "./reservation.ts";

/** Proxmox's own limit. */
const HIGHEST = 999_999_999;
/** VMIDs that turn out to be taken by guests that nobody knew of, after which there is more wrong than a race. */
const MISSES = 50;
const BY_GUEST = "a guest has it";

/** For whom, and which VMID; any where none is named. */
interface Wish {
  readonly holder: string;
  readonly wanted?: number;
}

const taken = (cluster: string, vmid: number, why: string) =>
  new Fault("conflict", "vm.exists", `VMID ${vmid} of cluster ${cluster} is taken: ${why}.`);

/** Why a VMID cannot be had, as it looks now; undefined when it can. */
export async function isTaken(world: World, proxmox: Proxmox, vmid: number): Promise<string | undefined> {
  if (!(await isFreeVmid(proxmox, vmid))) return BY_GUEST;
  const kept = (await reservations(world, proxmox.cluster)).find((one) => one.vmid === vmid);
  return kept && !(await hasEnded(world, kept.holder)) ? `it is kept for ${kept.holder}` : undefined;
}

/** Takes a VMID and asks Proxmox only then: whoever asks first may be overtaken before it has taken it. */
async function take(
  world: World,
  proxmox: Proxmox,
  vmid: number,
  holder: string,
): Promise<string | undefined> {
  const { cluster } = proxmox;
  const other = await claim(world, cluster, { vmid, holder });
  if (other !== undefined) return `it is kept for ${other || "another"}`;
  if (await isFreeVmid(proxmox, vmid)) return undefined;
  await free(world, cluster, { vmid, holder });
  return BY_GUEST;
}

/** The VMIDs above the first of which it is known without asking Proxmox that they are taken. */
async function known(world: World, cluster: string): Promise<Set<number>> {
  const [kept, listing] = await Promise.all([reservations(world, cluster), load(world, cluster)]);
  return new Set([...kept, ...(listing?.guests ?? [])].map(({ vmid }) => vmid));
}

async function lowest(world: World, proxmox: Proxmox, holder: string): Promise<number> {
  const first = await nextVmid(proxmox);
  if ((await take(world, proxmox, first, holder)) === undefined) return first;
  const skipped = await known(world, proxmox.cluster);
  for (let vmid = first + 1, misses = 0; vmid <= HIGHEST && misses < MISSES; vmid++) {
    if (skipped.has(vmid)) continue;
    const why = await take(world, proxmox, vmid, holder);
    if (why === undefined) return vmid;
    if (why === BY_GUEST) misses += 1;
  }
  const detail = `No free VMID was found in cluster ${proxmox.cluster} from ${first} on; others take them at this moment.`;
  throw new Fault("conflict", "vmid.contended", detail);
}

/**
 * Keeps a free VMID of a cluster for a holder, the one that it has already if that is still free. Several at once get
 * different ones. A VMID that is wanted and taken is a conflict.
 */
export async function reserve(world: World, proxmox: Proxmox, { holder, wanted }: Wish): Promise<number> {
  const { cluster } = proxmox;
  const mine = (await reservations(world, cluster)).find((one) => one.holder === holder);
  if (mine && (wanted ?? mine.vmid) === mine.vmid && (await isFreeVmid(proxmox, mine.vmid))) return mine.vmid;
  if (mine) await free(world, cluster, mine);
  if (wanted === undefined) return lowest(world, proxmox, holder);
  const why = await take(world, proxmox, wanted, holder);
  if (why !== undefined) throw taken(cluster, wanted, why);
  return wanted;
}
