import * as z from "zod";
import { listed } from "../lib/list.ts";
import type { Proxmox } from "./client.ts";
import { atGuest, config, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import { isOn, partsOf } from "./text.ts";
import { fields, flag } from "./wire.ts";

const CHANGED = /checksum mismatch \(file change|detected modified configuration/;

/** Whether a write was refused since somebody else has written between it and the read of its digest. */
export const isStale = (refusal: { readonly message: string }) => CHANGED.test(refusal.message);

/** The tags of a guest as its configuration spells them, and the digest that a write has to name. */
export async function tagsOf(proxmox: Proxmox, guest: GuestPath) {
  const { tags, digest } = await config(proxmox, guest);
  return { tags: listed(tags), digest };
}

/**
 * Replaces all tags of a guest, if its configuration is still as it was read. Tags that stay must be spelled as they
 * were: Proxmox takes another spelling of a registered tag for a change of it.
 */
export const writeTags = (proxmox: Proxmox, guest: GuestPath, tags: readonly string[], digest: string) =>
  proxmox.call(
    ask(
      `PUT /nodes/{node}/${guest.type}/{vmid}/config`,
      atGuest(guest),
      tags.length === 0 ? { delete: "tags", digest } : { tags: tags.join(";"), digest },
    ),
    z.null(),
  );

const sensitive = z.union([
  z.object({ "case-sensitive": flag.default(false) }).transform((style) => style["case-sensitive"]),
  z.string().transform((text) => isOn(partsOf(text).get("case-sensitive"))),
]);
/** `allowed-tags` is always there, so that another answer does not pass for a cluster without a style. */
const Options = fields<"GET /cluster/options">()({
  "tag-style": sensitive.default(false),
  "allowed-tags": z.array(z.string()),
});

/** Whether `Prod` and `prod` are two tags in this cluster; if not, Proxmox writes them in lower case. */
export const areTagsCaseSensitive = async (proxmox: Proxmox) =>
  (await proxmox.call(ask("GET /cluster/options", {}), Options))["tag-style"];
