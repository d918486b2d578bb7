import { localMounts, ownerOf, snapshotTexts } from "../disk/index.ts";
import { pathOf, type ItemRow } from "../operation/index.ts";
import { pending, resources, textsOf, type Precondition, type Proxmox } from "../proxmox/index.ts";
import type { Manner } from "./input.ts";
import {
  heldByVolumes,
  localOfContainer,
  localOfVm,
  localTypes,
  type Hindrance,
  type LocalType,
} from "./volumes.ts";

/** What of a guest keeps it on its node when it is its turn. */
interface HeldNow {
  readonly mounts: readonly string[];
  readonly volumes: Hindrance | undefined;
}

async function typesNow(proxmox: Proxmox): Promise<LocalType> {
  const { storages } = await resources(proxmox);
  return localTypes(storages.map(({ storage, shared, plugintype: type }) => ({ storage, shared, type })));
}

const UNKNOWN: LocalType = () => undefined;

/** Snapshots may have been taken since the plan. The types of storages are asked for only where they matter. */
async function ofVm(
  proxmox: Proxmox,
  item: ItemRow,
  said: Precondition,
  manner: Pick<Manner, "targetStorage">,
): Promise<HeldNow> {
  const local = localOfVm(said);
  const typeOf = local.some(({ snapshots }) => snapshots.length > 0) ? await typesNow(proxmox) : UNKNOWN;
  const mover = { ...item.vm, running: said.running };
  return { mounts: [], volumes: heldByVolumes(mover, local, manner, typeOf) };
}

/** HA would shut a container down before it finds a folder of its node. */
async function ofContainer(
  proxmox: Proxmox,
  item: ItemRow,
  manner: Pick<Manner, "targetStorage">,
): Promise<HeldNow> {
  const texts = textsOf(await pending(proxmox, pathOf(item)));
  const mounts = localMounts(texts);
  const taken = await snapshotTexts(proxmox, pathOf(item));
  const all = localOfContainer(texts, taken, () => "any");
  const matters = all.some(({ volid, snapshots }) => snapshots.length > 0 || ownerOf(volid) !== item.vm.vmid);
  if (!matters) return { mounts, volumes: undefined };
  const typeOf = await typesNow(proxmox);
  const local = localOfContainer(texts, taken, typeOf);
  return { mounts, volumes: heldByVolumes({ ...item.vm, running: false }, local, manner, typeOf) };
}

/** Looks at a guest whose turn has come; of a container one request for its snapshots, and one for each. */
export function heldNow(
  proxmox: Proxmox,
  item: ItemRow,
  said: Precondition | undefined,
  manner: Pick<Manner, "targetStorage">,
): Promise<HeldNow> {
  if (item.vm.type === "lxc") return ofContainer(proxmox, item, manner);
  return said ? ofVm(proxmox, item, said, manner) : Promise.resolve({ mounts: [], volumes: undefined });
}
