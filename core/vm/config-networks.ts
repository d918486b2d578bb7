import * as z from "zod";
import { isOn, numberOf, partsOf, type Texts } from "../proxmox/index.ts";

/** A network card of a guest; `ipv4` and `ipv6` are what a container is given. */
export const Network = z.object({
  name: z.string(),
  model: z.string().nullable(),
  mac: z.string().nullable(),
  bridge: z.string().nullable(),
  vlan: z.number().nullable(),
  mtu: z.number().nullable(),
  queues: z.number().nullable(),
  rateMegabytes: z.number().nullable(),
  firewall: z.boolean(),
  linkDown: z.boolean(),
  ipv4: z.string().nullable(),
  ipv6: z.string().nullable(),
});
export type Network = z.infer<typeof Network>;

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;

/** `virtio=BC:24:…` names model and address at once; a container has `hwaddr` and a type. */
function cardOf(parts: Map<string, string>) {
  const [key, mac = null] = [...parts].find(([, value]) => MAC.test(value)) ?? [];
  const model = key === "hwaddr" || key === "macaddr" ? undefined : key;
  return {
    model: parts.get("model") ?? model ?? parts.get("type") ?? parts.get("") ?? null,
    mac: mac?.toUpperCase() ?? null,
  };
}

function toNetwork(name: string, text: string): Network {
  const parts = partsOf(text);
  const of = (key: string) => parts.get(key) ?? null;
  return {
    name,
    ...cardOf(parts),
    bridge: of("bridge"),
    vlan: numberOf(parts.get("tag")),
    mtu: numberOf(parts.get("mtu")),
    queues: numberOf(parts.get("queues")),
    rateMegabytes: numberOf(parts.get("rate")),
    firewall: isOn(parts.get("firewall")),
    linkDown: isOn(parts.get("link_down")),
    ipv4: of("ip"),
    ipv6: of("ip6"),
  };
}

/** All network cards that a configuration names, by name. */
export const networksOf = (texts: Texts): Network[] =>
  Object.entries(texts)
    .filter(([name]) => /^net\d+$/.test(name))
    .map(([name, text]) => toNetwork(name, text))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
