import * as z from "zod";
import type { World } from "../core/context.ts";
import { LOOK_SECONDS } from "../core/operation/index.ts";
import { itemOf } from "../core/operation/item.ts";
import type { Lab } from "../test/kit/lab.ts";
import type { Dice } from "./lib/dice.ts";

/** A request may be sent so long after the look by which policy allowed it. It is seen as it is sent, so its way takes nothing. */
const GAP_MS = LOOK_SECONDS * 1000;
/** So often somebody changes the tags of a guest between the look and the request. */
const BETWEEN = 0.3;
const TAGS = ["always-on", "always-on", "moxxie", "maint-ok"];

/** A request that interrupts a guest which runs: for which item, and every set of tags that the guest had since a look may have been made. */
export interface Interruption {
  readonly item: string;
  readonly vmid: number;
  readonly tags: readonly (readonly string[])[];
}

const PATHS = [
  /^\/nodes\/[^/]+\/(?:qemu|lxc)\/(\d+)\/status\/(?:stop|shutdown|reboot|reset|suspend)$/,
  /^\/nodes\/[^/]+\/lxc\/(\d+)\/migrate$/,
  /^\/nodes\/[^/]+\/(?:qemu|lxc)\/(\d+)\/snapshot\/[^/]+\/rollback$/,
];

/** The guest that a request interrupts; undefined for any other. */
function victimOf(method: string, target: string, body: string): number | undefined {
  if (method !== "POST") return undefined;
  const params = new URLSearchParams(body);
  if (target.endsWith("/vzdump"))
    return params.get("mode") === "snapshot" ? undefined : Number(params.get("vmid"));
  const [found] = PATHS.flatMap((path) => path.exec(target)?.[1] ?? []);
  return found === undefined ? undefined : Number(found);
}

const Intent = z.object({ operation: z.string(), n: z.number(), vm: z.object({ vmid: z.number() }) });

type Place = Pick<Lab, "simulator" | "clock" | "store">;

/** Which tags each guest had, since when. */
function ledger({ simulator, clock }: Place) {
  const known = new Map<number, { readonly at: number; readonly tags: readonly string[] }[]>();
  const tagsOf = (vmid: number) =>
    (simulator.state.guests[vmid]?.config["tags"] ?? "").split(";").filter((tag) => tag !== "");
  return {
    tagsOf,
    note: (vmid: number) => {
      const all = known.get(vmid) ?? [];
      const tags = tagsOf(vmid);
      if (all.at(-1)?.tags.join() !== tags.join()) all.push({ at: clock.now().getTime(), tags });
      known.set(vmid, all);
    },
    /** Every set of tags that a guest had since then. */
    since: (vmid: number, at: number) => {
      const all = known.get(vmid) ?? [];
      return all.filter((_, index) => (all[index + 1]?.at ?? Infinity) >= at).map(({ tags }) => tags);
    },
  };
}

/** The items that are just asking for something to be done to a guest. */
function askingFor({ store }: Place, vmid: number): string[] {
  const rows = store.dump().filter(({ row }) => row.sk.startsWith("item#") && row["state"] === "intent");
  const items = rows.map(({ row }) => Intent.parse(row)).filter(({ vm }) => vm.vmid === vmid);
  return items.map(({ operation, n }) => `${operation}/${n}`);
}

/** Shows every request before Proxmox has it. */
const watched = (world: World, meet: (vmid: number) => void): World => ({
  ...world,
  dial: (target) => {
    const transport = world.dial(target);
    return async (wire) => {
      const vmid = victimOf(wire.method, wire.target, wire.body ?? "");
      if (vmid !== undefined) meet(vmid);
      return transport(wire);
    };
  },
});

/** Somebody who changes the tags of guests in Proxmox, and who notices what is done to guests with which tags. */
export function tagger(place: Place, dice: Dice) {
  const { simulator, clock } = place;
  const { tagsOf, note, since } = ledger(place);
  const interruptions: Interruption[] = [];
  const retag = (vmid: number) => {
    const { config } = simulator.state.guests[vmid] ?? {};
    if (!config) return;
    note(vmid);
    const tag = dice.one(TAGS);
    const tags = tagsOf(vmid);
    config["tags"] = (tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag]).join(";");
    note(vmid);
  };
  const meet = (vmid: number) => {
    if (simulator.state.guests[vmid]?.status !== "running") return;
    if (dice.chance(BETWEEN)) retag(vmid);
    note(vmid);
    const tags = since(vmid, clock.now().getTime() - GAP_MS);
    for (const item of askingFor(place, vmid)) interruptions.push({ item, vmid, tags });
  };
  return {
    retag,
    interruptions,
    /** The world of a process, of which every request is seen. */
    seen: (world: World): World => watched(world, meet),
    /** Notes all tags, those that Moxxie has changed too. */
    look: () => Object.keys(simulator.state.guests).forEach((vmid) => note(Number(vmid))),
  };
}

/** The row of the operation behind an interruption. */
export const operationOf = ({ item }: Interruption) => itemOf(item).operation;
