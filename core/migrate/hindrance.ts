import type { Precondition } from "../proxmox/index.ts";
import { storageFor, type Manner } from "./input.ts";
import type { Hindrance } from "./volumes.ts";

/** What is known of a guest that is to be moved. */
interface Circumstances {
  readonly id: string;
  readonly managed: boolean;
  /** Mount points that only its node has. */
  readonly mounts: readonly string[];
  readonly said: Precondition | undefined;
  /** What of its volumes keeps it where it is. */
  readonly volumes: Hindrance | undefined;
}

/** Whether HA looks after a guest in this state; one that it ignores is moved like any other. */
export const isManaged = (haState: string | null | undefined) =>
  haState !== null && haState !== undefined && haState !== "ignored";

/** What the HA manager is not told, and does not do. */
function ofManager(id: string, manner: Manner): Hindrance | undefined {
  const lost = (["targetStorage", "bandwidthBytes", "timeout"] as const).filter(
    (name) => manner[name] !== undefined,
  );
  if (lost.length === 0) return undefined;
  const because = `${id} is moved by the HA manager, which knows nothing but the target: leave out ${lost.join(", ")}`;
  return { code: "migrate.ha", because };
}

/** Disks that only the guest's node has, where they may not go along. */
function ofDisks({ id, managed, said }: Circumstances, { withLocalDisks }: Manner): Hindrance | undefined {
  const names = said?.localDisks.filter(({ cdrom }) => !cdrom).map(({ volid }) => volid) ?? [];
  if (names.length === 0) return undefined;
  const disks = `${id} has disks that only its node has (${names.join(", ")})`;
  if (!withLocalDisks)
    return { code: "migrate.local-disks", because: `${disks}, and withLocalDisks is false` };
  // The manager asks for a migration without them, whatever it was asked for.
  return managed && said?.running === true
    ? { code: "migrate.local-disks", because: `${disks}, and the HA manager does not take those along live` }
    : undefined;
}

/** What keeps a guest where it is; undefined for nothing. Pure. */
export function hindrance(guest: Circumstances, manner: Manner): Hindrance | undefined {
  const { id, managed, mounts, said } = guest;
  const devices = [...(said?.localDevices ?? []), ...mounts];
  if (devices.length > 0) {
    const because = `${id} uses devices or folders of its node (${devices.join(", ")})`;
    return { code: "migrate.local-devices", because };
  }
  const others = said?.dependents ?? [];
  if (others.length > 0) {
    const because = `by a rule of HA ${others.join(", ")} would be moved with ${id}, which nobody has been asked about`;
    return { code: "migrate.dependents", because };
  }
  if (guest.volumes) return guest.volumes;
  return ofDisks(guest, manner) ?? (managed ? ofManager(id, manner) : undefined);
}

/** Why a node cannot take a guest by what Proxmox says; undefined when it can. What disks are sent away from need not be there. Pure. */
export function refusalOf(
  { refused, localDisks }: Precondition,
  node: string,
  manner: Manner,
): string | undefined {
  const lack = refused[node];
  if (!lack) return undefined;
  const { storages, others } = lack;
  // Disks of shared storage stay there, whatever is asked for.
  const isLocal = (storage: string) => localDisks.some(({ volid }) => volid.startsWith(`${storage}:`));
  const stays = (storage: string) => !isLocal(storage) || storageFor(manner, storage) === storage;
  const reasons = [...storages.filter(stays).map((storage) => `it has no storage ${storage}`), ...others];
  if (reasons.length > 0) return reasons.join(", ");
  return storages.length > 0 ? undefined : "Proxmox says that it cannot take it";
}
