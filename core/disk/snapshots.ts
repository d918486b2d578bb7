import { config, snapshots, toTexts, type GuestPath, type Proxmox, type Texts } from "../proxmox/index.ts";

/** The configurations of these snapshots of a guest, by name: one request for each. */
export async function textsOfSnapshots(
  proxmox: Proxmox,
  guest: GuestPath,
  names: readonly string[],
): Promise<Record<string, Texts>> {
  const texts = names.map(async (name) => [name, toTexts(await config(proxmox, guest, name))] as const);
  return Object.fromEntries(await Promise.all(texts));
}

/** Those of all snapshots of a guest: one request more. */
export async function snapshotTexts(proxmox: Proxmox, guest: GuestPath): Promise<Record<string, Texts>> {
  const names = (await snapshots(proxmox, guest)).map(({ name }) => name);
  return textsOfSnapshots(
    proxmox,
    guest,
    names.filter((name) => name !== "current"),
  );
}
