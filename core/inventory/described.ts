import * as z from "zod";
import { listed } from "../lib/list.ts";
import { pooled } from "../lib/pool.ts";
import { config, ProxmoxError, type Proxmox } from "../proxmox/index.ts";
import type { Guest } from "./guest.ts";
import type { Listing } from "./listing.ts";

/** A cluster whose statistics hang tells nothing of any guest: so many are asked for in one listing. */
const MOST = 20;
const WIDTH = 4;

const Described = z.object({
  name: z.string().optional(),
  hostname: z.string().optional(),
  tags: z.string().optional(),
  template: z.unknown().optional(),
  lock: z.string().optional(),
});

/** While a guest is made or copied its configuration is not all there. */
const HALF_MADE = new Set(["create", "clone"]);

/** What its configuration says of a guest; one that does not answer stays as it is. */
async function look(proxmox: Proxmox, guest: Guest): Promise<Guest> {
  try {
    const said = Described.parse(await config(proxmox, guest));
    if (HALF_MADE.has(said.lock ?? "")) return guest;
    const { unknown = [], ...rest } = guest;
    const left = unknown.filter((field) => field === "pool");
    return {
      ...rest,
      name: said.name ?? said.hostname ?? guest.name,
      tags: listed(said.tags),
      template: said.template === 1 || said.template === "1",
      ...(left.length === 0 ? {} : { unknown: left }),
    };
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    return guest;
  }
}

/** New guests are listed without name and tags for some seconds: those of nodes that answer are looked at, one request each. */
export async function described(
  proxmox: Proxmox,
  guests: readonly Guest[],
  nodes: Listing["nodes"],
): Promise<Guest[]> {
  const online = new Set(nodes.filter((node) => node.online).map(({ name }) => name));
  const asked = guests
    .filter(({ node, unknown }) => online.has(node) && unknown?.includes("tags"))
    .slice(0, MOST);
  const found = await pooled(asked, WIDTH, (guest) => look(proxmox, guest));
  const known = new Map(found.map((guest) => [guest.vmid, guest]));
  return guests.map((guest) => known.get(guest.vmid) ?? guest);
}
