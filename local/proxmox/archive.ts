import type { Call } from "./call.ts";
import type { Guest } from "./state.ts";

const stamp = (at: number) =>
  new Date(at * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, "_").replace("T", "-");

/** What a way to compress adds to the name of the file. */
const PACKINGS: Readonly<Record<string, string>> = { "1": ".lzo", lzo: ".lzo", gzip: ".gz", zstd: ".zst" };

/** A Proxmox Backup Server names a backup by its guest and its time, and packs it as it likes. */
export function archiveOf(call: Call, guest: Guest, { storage, ctime }: { storage: string; ctime: number }) {
  const { params, world } = call;
  if (world.state.storages[storage]?.type === "pbs") {
    const kind = guest.kind === "qemu" ? "vm" : "ct";
    const time = new Date(ctime * 1000).toISOString().replace(/\.\d+Z$/, "Z");
    return { format: `pbs-${kind}`, volid: `${storage}:backup/${kind}/${guest.vmid}/${time}` };
  }
  const packing = PACKINGS[params.optional("compress") ?? "0"] ?? "";
  const format = `${guest.kind === "qemu" ? "vma" : "tar"}${packing}`;
  return {
    format,
    volid: `${storage}:backup/vzdump-${guest.kind}-${guest.vmid}-${stamp(ctime)}.${format}`,
  };
}
