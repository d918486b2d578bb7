import * as z from "zod";
import { type Effect, type ItemRow, observed, pathOf, single } from "../operation/index.ts";
import { resizeDisk, type Proxmox } from "../proxmox/index.ts";
import { DiskName, diskNow, diskOf, foreignDisk } from "../disk/index.ts";
import { ACTIONS } from "./actions.ts";
import { TARGET } from "./target.ts";

const MIB = 1024 ** 2;

const Wanted = {
  disk: DiskName,
  sizeBytes: z
    .number()
    .int()
    .min(MIB)
    .max(2 ** 48)
    .multipleOf(MIB, "must be whole mebibytes (1048576 bytes)"),
};
const Detail = z.object(Wanted).extend({ nowBytes: z.number() });

/** Makes a disk of one guest as large as this; a disk never gets smaller. */
export const resize = single({
  action: ACTIONS.resize,
  input: z.strictObject({ ...TARGET, ...Wanted }),
  async propose({ guest, proxmox }, { disk: name, sizeBytes }) {
    if (guest.template) return { run: false, code: "vm.template", because: `${guest.id} is a template` };
    const disk = await diskOf(proxmox, guest, name);
    const foreign = foreignDisk(guest, disk);
    if (foreign) return { run: false, ...foreign };
    if (guest.status === "stopped" && disk.volid?.endsWith(".vmdk")) {
      const because = `${name} of ${guest.id} is ${disk.volid}, and a vmdk file only grows while its guest runs`;
      return { run: false, code: "disk.format", because };
    }
    const nowBytes = disk.sizeBytes ?? 0;
    if (sizeBytes === nowBytes)
      return { run: false, code: "disk.same", because: `${name} has ${nowBytes} bytes already` };
    if (sizeBytes < nowBytes)
      return {
        run: false,
        code: "disk.larger",
        because: `${name} has ${nowBytes} bytes, and no disk shrinks`,
      };
    const because = `${name} of ${guest.id} has ${nowBytes} bytes`;
    return { run: true, because, detail: { disk: name, sizeBytes, nowBytes } };
  },
});

/** Some storages round up. */
async function isLarge(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const { disk, sizeBytes } = Detail.parse(item.detail);
  return ((await diskNow(proxmox, item, disk))?.sizeBytes ?? 0) >= sizeBytes;
}

/** The size is absolute: asked for twice, a disk grows once. */
export const resizing: Effect = {
  action: ACTIONS.resize,
  async send(proxmox, item) {
    const { disk, sizeBytes } = Detail.parse(item.detail);
    return (await resizeDisk(proxmox, pathOf(item), { disk, size: String(sizeBytes) })) ?? undefined;
  },
  observe: (proxmox, item) => observed(proxmox, item, ["resize"], () => isLarge(proxmox, item)),
  verify: isLarge,
  repeatable: true,
};
