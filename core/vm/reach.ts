import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { find, type Guest } from "../inventory/index.ts";
import { asFault, ProxmoxError, type Proxmox } from "../proxmox/index.ts";

type Question<T> = (proxmox: Proxmox, guest: Guest) => Promise<T>;

/** An answer, and the guest with the node that gave it. */
interface Reached<T> {
  readonly guest: Guest;
  readonly value: T;
}

/** Asks Proxmox about a guest where it was last seen, and once more where it is should it have moved. */
export async function reachKnown<T>(world: World, known: Guest, ask: Question<T>): Promise<Reached<T>> {
  const { cluster, vmid } = known;
  const asked = async (guest: Guest) => ({
    guest,
    value: await ask(await Cluster.connect(world, cluster), guest),
  });
  try {
    return await asked(known).catch(async (error: unknown) => {
      if (!(error instanceof ProxmoxError) || error.meaning !== "moved") throw error;
      const now = await find(world, cluster, vmid, true);
      if (now.node === known.node) throw error;
      return asked(now);
    });
  } catch (error) {
    return asFault(error);
  }
}

/** A guest by its number; with `fresh` Proxmox itself is asked where it is. */
interface At {
  readonly cluster: string;
  readonly vmid: number;
  readonly fresh: boolean;
}

/** The same of a guest by its number. */
export const reach = async <T>(
  world: World,
  { cluster, vmid, fresh }: At,
  ask: Question<T>,
): Promise<Reached<T>> => reachKnown(world, await find(world, cluster, vmid, fresh), ask);
