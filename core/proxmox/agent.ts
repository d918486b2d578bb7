import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { refusalOf } from "./answer.ts";
import { ProxmoxError } from "./error.ts";
import { ask } from "./request.ts";
import { numeric } from "./wire.ts";

const Address = z.object({ "ip-address": z.string().nullish(), prefix: numeric.nullish() });

/** Rows as far as they can be read: an odd one hides none of the others. An agent is a program of the guest, and may say anything. */
const rowsOf = <Row extends z.ZodType>(row: Row) =>
  z.array(z.unknown()).transform((rows) => {
    const read = rows.map((one) => row.safeParse(one));
    return {
      rows: read.flatMap(({ data }) => data ?? []),
      unread: read.filter(({ success }) => !success).length,
    };
  });
const Addresses = rowsOf(Address).nullish();
/** An agent that refuses says why in place of what it was asked. */
const OfAgent = z.object({
  result: z.union([
    rowsOf(
      z.object({
        name: z.string(),
        "hardware-address": z.string().nullish(),
        "ip-addresses": Addresses,
      }),
    ),
    z.object({ error: z.object({ desc: z.string() }) }),
  ]),
});
const OfContainer = rowsOf(
  z.object({
    name: z.string(),
    hwaddr: z.string().nullish(),
    inet: z.string().nullish(),
    inet6: z.string().nullish(),
    /** All of them, where this version tells them: `inet` and `inet6` are one each. */
    "ip-addresses": Addresses,
  }),
);

/** A network interface as the guest itself knows it; addresses with the length of their prefix where it is told. */
export interface Interface {
  readonly name: string;
  readonly mac: string | undefined;
  readonly addresses: readonly string[];
}

/** Interfaces, and of how many, or of how many of their addresses, nothing could be read. */
export interface Interfaces {
  readonly interfaces: readonly Interface[];
  readonly unread: number;
}

const OF_CONTAINER = "GET /nodes/{node}/lxc/{vmid}/interfaces";

/** Whether the version of its node tells the interfaces of a guest of this type. */
export const tellsInterfaces = async (proxmox: Proxmox, { type, node }: GuestPath) =>
  type === "qemu" || proxmox.offers(OF_CONTAINER, [], node);

const bare = (address: string) => address.replace(/\/.*/, "").toLowerCase();
const unique = (addresses: readonly string[]) =>
  [...new Map(addresses.toReversed().map((one) => [bare(one), one])).values()].toReversed();

const written = ({ "ip-address": address, prefix }: z.infer<typeof Address>) =>
  address ? [typeof prefix === "number" ? `${address}/${prefix}` : address] : [];

const NONE = { rows: [], unread: 0 };
const unreadIn = (all: readonly ({ readonly unread: number } | null | undefined)[]) =>
  all.reduce((sum, one) => sum + (one?.unread ?? 0), 0);

/**
 * The interfaces that the agent of a running VM tells of, or Proxmox of a container. An agent that does not answer
 * keeps a worker of the node busy for three seconds.
 */
export async function interfaces(proxmox: Proxmox, guest: GuestPath): Promise<Interfaces> {
  const more = { kind: "agent" } as const;
  if (guest.type === "qemu") {
    const endpoint = "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces";
    const call = ask(endpoint, atGuest(guest), {}, more);
    const { result } = await proxmox.call(call, OfAgent);
    if ("error" in result)
      throw new ProxmoxError("permanent", refusalOf(call, 200, `Agent error: ${result.error.desc}`));
    const found = result.rows.map((one) => ({
      name: one.name,
      mac: one["hardware-address"] ?? undefined,
      addresses: (one["ip-addresses"] ?? NONE).rows.flatMap(written),
    }));
    return {
      interfaces: found,
      unread: unreadIn([result, ...result.rows.map((one) => one["ip-addresses"])]),
    };
  }
  const told = await proxmox.call(ask(OF_CONTAINER, atGuest(guest), {}, more), OfContainer);
  const found = told.rows.map(({ name, hwaddr, inet, inet6, "ip-addresses": all }) => {
    const first = [inet, inet6].flatMap((one) => one ?? []);
    return {
      name,
      mac: hwaddr ?? undefined,
      addresses: unique([...first, ...(all ?? NONE).rows.flatMap(written)]),
    };
  });
  return { interfaces: found, unread: unreadIn([told, ...told.rows.map((one) => one["ip-addresses"])]) };
}
