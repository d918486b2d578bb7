import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { refusalOf } from "./answer.ts";
import { ProxmoxError } from "./error.ts";
import { ask } from "./request.ts";
import { numeric } from "./wire.ts";

const Address = z.object({ "ip-address": z.string().optional(), prefix: numeric.optional() });
const Addresses = z.array(Address).optional();
/** An agent that refuses says why in place of what it was asked. */
const OfAgent = z.object({
  result: z.union([
    z.array(
      z.object({
        name: z.string(),
        "hardware-address": z.string().optional(),
        "ip-addresses": Addresses,
      }),
    ),
    z.object({ error: z.object({ desc: z.string() }) }),
  ]),
});
const OfContainer = z.array(
  z.object({
    name: z.string(),
    hwaddr: z.string().optional(),
    inet: z.string().optional(),
    inet6: z.string().optional(),
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

const OF_CONTAINER = "GET /nodes/{node}/lxc/{vmid}/interfaces";

/** Whether the version of its node tells the interfaces of a guest of this type. */
export const tellsInterfaces = async (proxmox: Proxmox, { type, node }: GuestPath) =>
  type === "qemu" || proxmox.offers(OF_CONTAINER, [], node);

const bare = (address: string) => address.replace(/\/.*/, "").toLowerCase();
const unique = (addresses: readonly string[]) =>
  [...new Map(addresses.toReversed().map((one) => [bare(one), one])).values()].toReversed();

const written = ({ "ip-address": address, prefix }: z.infer<typeof Address>) =>
  address === undefined ? [] : [prefix === undefined ? address : `${address}/${prefix}`];

/**
 * The interfaces that the agent of a running VM tells of, or Proxmox of a container. An agent that does not answer
 * keeps a worker of the node busy for three seconds.
 */
export async function interfaces(proxmox: Proxmox, guest: GuestPath): Promise<Interface[]> {
  const more = { kind: "agent" } as const;
  if (guest.type === "qemu") {
    const endpoint = "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces";
    const call = ask(endpoint, atGuest(guest), {}, more);
    const { result } = await proxmox.call(call, OfAgent);
    if ("error" in result)
      throw new ProxmoxError("permanent", refusalOf(call, 200, `Agent error: ${result.error.desc}`));
    return result.map((one) => ({
      name: one.name,
      mac: one["hardware-address"],
      addresses: (one["ip-addresses"] ?? []).flatMap(written),
    }));
  }
  const rows = await proxmox.call(ask(OF_CONTAINER, atGuest(guest), {}, more), OfContainer);
  return rows.map(({ name, hwaddr, inet, inet6, "ip-addresses": all = [] }) => {
    const first = [inet, inet6].filter((one) => one !== undefined);
    return { name, mac: hwaddr, addresses: unique([...first, ...all.flatMap(written)]) };
  });
}
