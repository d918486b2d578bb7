import { fleet } from "../local/proxmox/fleet.ts";
import type { State } from "../local/proxmox/state.ts";

/** A cluster of guests that can all be snapshotted, spread evenly: every third is production and of them every fifth `always-on`. */
export interface FleetWish {
  readonly nodes: number;
  readonly guests: number;
  readonly seed: number;
  readonly now: Date;
}

const FIRST = 100;

const tagsOf = (index: number) =>
  ["moxxie", index % 3 === 0 ? "env-prod" : "env-dev", index % 15 === 0 ? "always-on" : "maint-ok"].join(";");

/** The guests that the benchmarks work on. The same for the same wish. */
export function fleetOf({ nodes, guests, seed, now }: FleetWish): State {
  const state = fleet({ nodes, guests: 1, seed, now });
  const [pattern] = Object.values(state.guests);
  const names = Object.keys(state.nodes);
  const [disk] = state.volumes;
  if (!pattern || !disk) throw new Error("the fleet has no guest to copy");
  state.guests = {};
  state.volumes = [];
  state.pools = {};
  for (let index = 0; index < guests; index++) {
    const vmid = FIRST + index;
    const node = names[index % nodes] ?? "";
    const volid = `local-lvm:vm-${vmid}-disk-0`;
    const config = {
      ...pattern.config,
      name: `guest-${vmid}`,
      tags: tagsOf(index),
      scsi0: `${volid},size=32G`,
    };
    state.guests[vmid] = { ...pattern, vmid, node, config, pid: 2000 + vmid, snapshots: {} };
    state.volumes.push({ ...disk, volid, vmid, node });
  }
  return state;
}
