import * as z from "zod";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { ask } from "./request.ts";
import { fields, flag, numeric } from "./wire.ts";

/** A storage may be slow, or hang, without anything being wrong with its node. */
const SCAN = { kind: "scan" } as const;

/** A storage as one node reaches it. */
export interface StoragePath {
  readonly node: string;
  readonly storage: string;
}

const Backup = fields<"GET /nodes/{node}/storage/{storage}/content">()({
  volid: z.string(),
  ctime: numeric.default(0),
  size: numeric.default(0),
  format: z.string(),
  vmid: numeric.optional(),
  subtype: z.string().optional(),
  notes: z.string().optional(),
  protected: flag.default(false),
  encrypted: z.string().optional(),
  verification: z.object({ state: z.string() }).optional(),
});

/** A backup as a storage lists it; `verification` and `encrypted` come from a Proxmox Backup Server only. */
export type BackupEntry = z.infer<typeof Backup>;

/** The backups on a storage, of one guest where it is named. */
export const backupsOn = (proxmox: Proxmox, place: StoragePath, vmid?: number) =>
  proxmox.call(
    ask("GET /nodes/{node}/storage/{storage}/content", { ...place }, { content: "backup", vmid }, SCAN),
    z.array(Backup),
  );

/** Every volume has a format: an answer without one is about nothing. */
const Attributes = fields<"GET /nodes/{node}/storage/{storage}/content/{volume}">()({
  format: z.string(),
  notes: z.string().optional(),
});

/** All of a backup's notes; of one on a Proxmox Backup Server a list shows the first line only. */
export const notesOf = async (proxmox: Proxmox, place: StoragePath, volume: string) =>
  (
    await proxmox.call(
      ask("GET /nodes/{node}/storage/{storage}/content/{volume}", { ...place, volume }, {}, SCAN),
      Attributes,
    )
  ).notes;

/** Changes notes and protection of a backup, which is done once it is answered. */
export const updateBackup = (
  proxmox: Proxmox,
  place: StoragePath,
  volume: string,
  change: { readonly notes?: string; readonly protected?: boolean },
) =>
  proxmox.call(
    ask("PUT /nodes/{node}/storage/{storage}/content/{volume}", { ...place, volume }, change),
    z.null(),
  );

/** Deletes a volume; the answer is the UPID. Of one that is not there the task says OK. */
export const deleteVolume = (proxmox: Proxmox, place: StoragePath, volume: string) =>
  proxmox.call(ask("DELETE /nodes/{node}/storage/{storage}/content/{volume}", { ...place, volume }), begun);
