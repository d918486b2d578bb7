import * as z from "zod";
import type { FieldError } from "../lib/fault.ts";
import { parts } from "./create-field.ts";

/** A network card. Without `mac` Proxmox makes one up; `mtu` 1 is that of the bridge, and is for virtio alone. */
export const Network = z.strictObject({
  bridge: z.string().regex(/^[\w.-]{1,15}$/, "must be the name of a bridge or VNet such as vmbr0"),
  model: z.enum(["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"]).default("virtio"),
  mac: z
    .string()
    .regex(/^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/i, "must be a unicast MAC address")
    .optional(),
  vlan: z.number().int().min(1).max(4094).optional(),
  trunks: z.array(z.number().int().min(1).max(4094)).max(100).optional(),
  firewall: z.boolean().optional(),
  rateMegabytes: z.number().positive().max(100_000).optional(),
  mtu: z.number().int().min(1).max(65_520).optional(),
  queues: z.number().int().min(0).max(64).optional(),
  connected: z.boolean().default(true),
});
type Network = z.infer<typeof Network>;

/** What is wrong with network cards. Pure. */
export function networkErrors(networks: readonly Network[]): FieldError[] {
  return networks.flatMap((network, at) => {
    const found: FieldError[] = [];
    const complain = (field: string, detail: string) =>
      found.push({ pointer: `/networks/${at}/${field}`, code: "invalid", detail });
    if (network.mtu !== undefined && network.model !== "virtio")
      complain("mtu", "is for the model virtio only");
    const others = networks.slice(0, at).map(({ mac }) => mac?.toLowerCase());
    if (network.mac !== undefined && others.includes(network.mac.toLowerCase()))
      complain("mac", "is that of another card of this guest");
    return found;
  });
}

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
