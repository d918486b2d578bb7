import * as z from "zod";
import type { FieldError } from "../lib/fault.ts";
import { parts } from "./create-field.ts";

/** A network card, of a VM or of a container. Without `mac` Proxmox makes one up. */
export const Card = {
  bridge: z.string().regex(/^[\w.-]{1,15}$/, "must be the name of a bridge or VNet such as vmbr0"),
  mac: z
    .string()
    .regex(/^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/i, "must be a unicast MAC address")
    .optional(),
  vlan: z.number().int().min(1).max(4094).optional(),
  trunks: z.array(z.number().int().min(1).max(4094)).max(100).optional(),
  firewall: z.boolean().optional(),
  rateMegabytes: z.number().positive().max(100_000).optional(),
  connected: z.boolean().default(true),
};

/** A network card of a VM. `mtu` 1 is that of the bridge, and is for virtio alone. */
export const Network = z.strictObject({
  ...Card,
  model: z.enum(["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"]).default("virtio"),
  mtu: z.number().int().min(1).max(65_520).optional(),
  queues: z.number().int().min(0).max(64).optional(),
});
type Network = z.infer<typeof Network>;

const wrong = (at: number, field: string, detail: string): FieldError => ({
  pointer: `/networks/${at}/${field}`,
  code: "invalid",
  detail,
});

/** Addresses that two cards of one guest have. Pure. */
export const macErrors = (cards: readonly { readonly mac?: string | undefined }[]): FieldError[] =>
  cards.flatMap(({ mac }, at) => {
    const others = cards.slice(0, at).map((card) => card.mac?.toLowerCase());
    const taken = mac !== undefined && others.includes(mac.toLowerCase());
    return taken ? [wrong(at, "mac", "is that of another card of this guest")] : [];
  });

/** What is wrong with network cards. Pure. */
export const networkErrors = (networks: readonly Network[]): FieldError[] => [
  ...networks.flatMap(({ mtu, model }, at) =>
    mtu !== undefined && model !== "virtio" ? [wrong(at, "mtu", "is for the model virtio only")] : [],
  ),
  ...macErrors(networks),
];

/** The option of a network card. */
export function networkOption(network: Network): string {
  const { model, mac, bridge, vlan, trunks, firewall, rateMegabytes, mtu, queues, connected } = network;
  const card = mac === undefined ? model : `${model}=${mac.toUpperCase()}`;
  const rest = parts({
    bridge,
    tag: vlan,
    trunks: trunks?.join(";"),
    firewall,
    rate: rateMegabytes,
    mtu,
    queues,
    link_down: connected ? undefined : true,
  });
  return [card, ...rest].join(",");
}
