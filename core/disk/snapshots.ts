import { config, snapshots, toTexts, type GuestPath, type Proxmox, type Texts } from "../proxmox/index.ts";

/** The configurations of a guest's snapshots, by name: one request, and one for each. */
export async function snapshotTexts(proxmox: Proxmox, guest: GuestPath): Promise<Record<string, Texts>> {
  const taken = (await snapshots(proxmox, guest)).filter(({ name }) => name !== "current");
  const texts = taken.map(async ({ name }) => [name, toTexts(await config(proxmox, guest, name))] as const);
  return Object.fromEntries(await Promise.all(texts));
}
