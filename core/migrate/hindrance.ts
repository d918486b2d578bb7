import type { Guest } from "../inventory/index.ts";
import type { Precondition } from "../proxmox/index.ts";
import { storageFor, type Manner } from "./input.ts";

/** Why a guest goes nowhere, or not there. */
export interface Hindrance {
  readonly code: string;
  readonly because: string;
}

type Subject = Pick<Guest, "id">;

/** Volumes that Proxmox makes anew on the target are none of the ISO images that keep a guest where it is. */
const isImage = ({ volid, cdrom }: Precondition["localDisks"][number]) =>
  cdrom && !volid.includes("cloudinit");

/** What keeps a guest where it is, by what Proxmox says of it; undefined for nothing. Pure. */
export function hindrance(
  { id }: Subject,
  { running, localDevices, localDisks }: Precondition,
  { withLocalDisks }: Pick<Manner, "withLocalDisks">,
  managed: boolean,
): Hindrance | undefined {
  if (localDevices.length > 0) {
    const because = `${id} uses devices of its node (${localDevices.join(", ")})`;
    return { code: "migrate.local-devices", because };
  }
  const image = localDisks.find(isImage);
  if (image)
    return {
      code: "migrate.cd-rom",
      because: `${id} has ${image.volid} in its drive, which only its node has; take it out first`,
    };
  const names = localDisks.filter(({ cdrom }) => !cdrom).map(({ volid }) => volid);
  if (!running || names.length === 0) return undefined;
  const disks = `${id} runs with disks that only its node has (${names.join(", ")})`;
  if (!withLocalDisks)
    return { code: "migrate.local-disks", because: `${disks}, and withLocalDisks is false` };
  // The manager asks for a migration without them, whatever it was asked for.
  return managed
    ? { code: "migrate.local-disks", because: `${disks}, and the HA manager does not take those along` }
    : undefined;
}

/** Why a node cannot take a guest by what Proxmox says; undefined when it can. What disks are sent away from need not be there. Pure. */
export function refusalOf({ refused }: Precondition, node: string, manner: Manner): string | undefined {
  const lack = refused[node];
  if (!lack) return undefined;
  const { storages, others } = lack;
  const missing = storages.filter((storage) => storageFor(manner, storage) === storage);
  const reasons = [...missing.map((storage) => `it has no storage ${storage}`), ...others];
  if (reasons.length > 0) return reasons.join(", ");
  return storages.length > 0 ? undefined : "Proxmox says that it cannot take it";
}
