import type { Lab } from "./lab.ts";

/** A backup as the simulated storage holds it, of a guest at a time. */
export function placeBackup(
  { simulator }: Pick<Lab, "simulator">,
  vmid: number,
  at: string,
  more: Partial<Lab["simulator"]["state"]["volumes"][number]> = {},
): string {
  const { storage = "backup" } = more;
  const ctime = Math.floor(Date.parse(at) / 1000);
  const stamp = new Date(ctime * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, "_").replace("T", "-");
  const kind = simulator.state.guests[vmid]?.kind ?? "qemu";
  const format = kind === "qemu" ? "vma.zst" : "tar.zst";
  const volid = `${storage}:backup/vzdump-${kind}-${vmid}-${stamp}.${format}`;
  const config = { ...simulator.state.guests[vmid]?.config };
  const facts = { content: "backup", format, size: 1000, used: 1000, ctime, vmid, subtype: kind, config };
  simulator.state.volumes.push({ volid, storage, ...facts, ...more });
  return volid;
}

/** The id of a backup in an address. */
export const idOf = (volid: string) => Buffer.from(volid).toString("base64url");

/** A backup of a guest that became ours after it was made: a copy of it is no foreign guest's, and gets the owner tag. */
export function placeOwnBackup(
  stage: Pick<Lab, "simulator">,
  vmid: number,
  at: string,
  more: Parameters<typeof placeBackup>[3] = {},
): string {
  const volid = placeBackup(stage, vmid, at, more);
  const guest = stage.simulator.state.guests[vmid];
  if (guest) guest.config["tags"] = "moxxie";
  return volid;
}
