import * as z from "zod";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import { notOfferedHere } from "./error.ts";
import { fields, flag, numeric } from "./wire.ts";

const Blocking = z.object({ sid: z.string(), cause: z.string() });
const Refused = z.looseObject({
  unavailable_storages: z.array(z.string()).default([]),
  "unavailable-resources": z.array(z.string()).default([]),
  "blocking-ha-resources": z.array(Blocking).default([]),
});
type Refused = z.infer<typeof Refused>;

const LocalDisk = z.object({
  volid: z.string(),
  size: numeric.optional(),
  cdrom: flag.default(false),
  is_unused: flag.default(false),
  is_vmstate: flag.default(false),
  referenced_in_snapshot: z.record(z.string(), z.unknown()).default({}),
});

const OfVm = fields<"GET /nodes/{node}/qemu/{vmid}/migrate">()({
  running: flag,
  not_allowed_nodes: z.record(z.string(), Refused).optional(),
  local_disks: z.array(LocalDisk),
  local_resources: z.array(z.string()),
  "mapped-resources": z.array(z.string()).default([]),
  "dependent-ha-resources": z.array(z.string()).default([]),
});
const OfContainer = fields<"GET /nodes/{node}/lxc/{vmid}/migrate">()({
  running: flag,
  "not-allowed-nodes": z.record(z.string(), Refused).optional(),
  "dependent-ha-resources": z.array(z.string()).default([]),
});

/** Why a node cannot take a guest: the storages that it lacks, and all else in words. */
interface Lack {
  readonly storages: readonly string[];
  readonly others: readonly string[];
}

/** What Proxmox says of a migration before it begins. `refused`: the nodes that cannot take the guest. */
export interface Precondition {
  readonly running: boolean;
  readonly refused: Readonly<Record<string, Lack>>;
  readonly localDisks: readonly {
    readonly volid: string;
    readonly sizeBytes: number | null;
    readonly cdrom: boolean;
    readonly unused: boolean;
    /** The memory that a snapshot keeps. */
    readonly memory: boolean;
    /** The names of the snapshots that hold it, whether it is in use now or not. */
    readonly snapshots: readonly string[];
  }[];
  /** Options with devices of the node itself: a guest with such goes nowhere. */
  readonly localDevices: readonly string[];
  readonly mappedDevices: readonly string[];
  /** Other resources of HA that go along. */
  readonly dependents: readonly string[];
}

const lackOf = (refused: Refused): Lack => ({
  storages: refused.unavailable_storages,
  others: [
    ...refused["unavailable-resources"].map((device) => `it has no mapping of ${device}`),
    ...refused["blocking-ha-resources"].map(({ sid, cause }) => `${sid} keeps it away (${cause})`),
  ],
});

/** Proxmox names every other node among those that it refuses; one that can take the guest lacks nothing. */
const isRefused = (refused: Refused) =>
  Object.values(refused).some((reason) => !Array.isArray(reason) || reason.length > 0);

const lacks = (nodes: Readonly<Record<string, Refused>> = {}) =>
  Object.fromEntries(
    Object.entries(nodes)
      .filter(([, refused]) => isRefused(refused))
      .map(([node, refused]) => [node, lackOf(refused)]),
  );

async function ofVm(proxmox: Proxmox, guest: GuestPath): Promise<Precondition> {
  const said = await proxmox.call(ask("GET /nodes/{node}/qemu/{vmid}/migrate", atGuest(guest)), OfVm);
  return {
    running: said.running,
    refused: lacks(said.not_allowed_nodes),
    localDisks: said.local_disks.map((disk) => ({
      volid: disk.volid,
      sizeBytes: disk.size ?? null,
      cdrom: disk.cdrom,
      unused: disk.is_unused,
      memory: disk.is_vmstate,
      snapshots: Object.keys(disk.referenced_in_snapshot).toSorted(),
    })),
    // Some versions name a mapped device in both lists.
    localDevices: said.local_resources.filter((device) => !said["mapped-resources"].includes(device)),
    mappedDevices: said["mapped-resources"],
    dependents: said["dependent-ha-resources"],
  };
}

const OF_CONTAINER = "GET /nodes/{node}/lxc/{vmid}/migrate";

/** What a migration would meet; undefined for a container on a node before 9.0, which cannot tell. */
export async function precondition(proxmox: Proxmox, guest: GuestPath): Promise<Precondition | undefined> {
  if (guest.type === "qemu") return ofVm(proxmox, guest);
  if (!(await proxmox.offers(OF_CONTAINER, [], guest.node))) return undefined;
  const said = await proxmox.call(ask(OF_CONTAINER, atGuest(guest)), OfContainer).catch(notOfferedHere);
  if (!said) return undefined;
  return {
    running: said.running,
    refused: lacks(said["not-allowed-nodes"]),
    localDisks: [],
    localDevices: [],
    mappedDevices: [],
    dependents: said["dependent-ha-resources"],
  };
}

/** How a guest is moved; `timeout` is that of a container's shutdown, in seconds, `bwlimit` in KiB/s. */
export interface MigrateParams {
  readonly target: string;
  readonly withLocalDisks: boolean;
  readonly restart: boolean;
  readonly targetStorage?: string | undefined;
  readonly timeout?: number | undefined;
  readonly bwlimit?: number | undefined;
}

/** Moves a guest to another node; the answer is the UPID. A running VM always goes live: `online` does nothing to a stopped one. */
export function migrateGuest(proxmox: Proxmox, guest: GuestPath, params: MigrateParams): Promise<string> {
  const { target, withLocalDisks, restart, targetStorage, timeout, bwlimit } = params;
  const at = atGuest(guest);
  const vm = { online: true, "with-local-disks": withLocalDisks, targetstorage: targetStorage };
  const container = { restart, "target-storage": targetStorage, timeout: restart ? timeout : undefined };
  const call =
    guest.type === "qemu"
      ? ask("POST /nodes/{node}/qemu/{vmid}/migrate", at, { target, bwlimit, ...vm })
      : ask("POST /nodes/{node}/lxc/{vmid}/migrate", at, { target, bwlimit, ...container });
  return proxmox.call(call, begun);
}
