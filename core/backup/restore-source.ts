import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { find, type Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { listed } from "../lib/list.ts";
import type { PolicyGuest } from "../policy/index.ts";
import { asFault, config, configIn, isOn, ProxmoxError, toTexts, type Texts } from "../proxmox/index.ts";
import type { Found } from "./find.ts";

const MAC = /(?:[\da-f]{2}:){5}[\da-f]{2}/gi;
const uuidOf = ({ smbios1 = "" }: Texts) => /uuid=([\da-f-]+)/i.exec(smbios1)?.[1]?.toLowerCase();
const macsOf = (texts: Texts) =>
  Object.entries(texts).flatMap(([key, text]) =>
    /^net\d+$/.test(key) ? Array.from(text.matchAll(MAC), ([mac]) => mac.toLowerCase()) : [],
  );

/** Whether two configurations of one VMID are of one guest: by its machine id, where there is none by its cards. Pure. */
function isOneGuest(a: Texts, b: Texts): boolean {
  const [one, other] = [uuidOf(a), uuidOf(b)];
  if (one !== undefined || other !== undefined) return one === other;
  const macs = new Set(macsOf(a));
  return macsOf(b).some((mac) => macs.has(mac));
}

const facts = (id: string, texts: Texts): PolicyGuest => ({
  id,
  tags: listed(texts["tags"]),
  template: isOn(texts["template"]),
});

/** The configuration that a backup holds; undefined where Proxmox does not hand it out. */
async function held(ctx: Context, { backup, place }: Found): Promise<Texts | undefined> {
  const proxmox = await Cluster.connect(ctx, place.cluster);
  return configIn(proxmox, place.node, backup.volid).catch((error: unknown) => {
    if (error instanceof ProxmoxError && error.meaning === "permanent") return undefined;
    return asFault(error);
  });
}

/** The configuration of the guest that was backed up, wherever it is by now; undefined where there is none any more. */
async function present(ctx: Context, { cluster, vmid }: Guest): Promise<Texts | undefined> {
  try {
    const guest = await find(ctx, cluster, vmid, true);
    return toTexts(await config(await Cluster.connect(ctx, cluster), guest).catch(asFault));
  } catch (error) {
    if (error instanceof Fault && error.code === "vm.missing") return undefined;
    throw error;
  }
}

/**
 * Whom a backup is a copy of, for policy: the guest itself where it still is, since it may have been tagged after the
 * backup was made; else what the backup says of it. One that cannot be read is nobody's that we know.
 */
export async function copiedGuest(
  ctx: Context,
  found: Found,
  source: Guest | undefined,
): Promise<PolicyGuest> {
  const { volid } = found.backup;
  const texts = await held(ctx, found);
  if (!texts) return { id: `${volid}, whose configuration cannot be read,`, tags: [] };
  const now = source && (await present(ctx, source));
  return source && now && isOneGuest(texts, now) ? facts(source.id, now) : facts(volid, texts);
}
