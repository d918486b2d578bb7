import type { Kind } from "./guest.ts";
import type { Config } from "./state.ts";
import { inOrder } from "./volume-name.ts";
import type { World } from "./world.ts";

/** A MAC address that Proxmox would make up. */
const newMac = (world: World) =>
  `BC:24:11:${[0, 1, 2].map(() => world.random.hex(2).toUpperCase()).join(":")}`;

/** Keys of a VM's card; any other names its model. */
const OF_VM = new Set("bridge firewall link_down macaddr model mtu queues rate tag trunks".split(" "));

const cut = (part: string): readonly [string, string | undefined] => {
  const at = part.indexOf("=");
  return at < 0 ? [part, undefined] : [part.slice(0, at), part.slice(at + 1)];
};

/** `virtio=BC:24:11:…`, then the rest in order. */
function cardOfVm(world: World, value: string, renew: boolean): string {
  const pairs = value.split(",").map(cut);
  const named = new Map(pairs.filter(([key]) => OF_VM.has(key)));
  const [model = named.get("model") ?? "virtio", mac] = pairs.find(([key]) => !OF_VM.has(key)) ?? [];
  const kept = renew ? undefined : (mac ?? named.get("macaddr"));
  const rest = pairs.filter(([key]) => OF_VM.has(key) && key !== "macaddr" && key !== "model");
  const texts = rest.map(([key, text = ""]) => `${key}=${text}`);
  return [`${model}=${kept ?? newMac(world)}`, ...texts.toSorted(inOrder)].join(",");
}

/** `name=eth0`, then the rest in order. */
function cardOfContainer(world: World, value: string, renew: boolean): string {
  const named = new Map(value.split(",").map(cut));
  const hwaddr = (renew ? undefined : named.get("hwaddr")) ?? newMac(world);
  const { name = "eth0", ...rest } = Object.fromEntries(named);
  const texts = Object.entries({ type: "veth", ...rest, hwaddr }).map(([key, text]) => `${key}=${text}`);
  return [`name=${name}`, ...texts.toSorted(inOrder)].join(",");
}

/** Every network card as Proxmox writes it, with an address; `renew` gives each a new one. */
export function withMacs(world: World, kind: Kind, config: Config, renew = false): Config {
  const card = kind === "qemu" ? cardOfVm : cardOfContainer;
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      /^net\d+$/.test(name) ? card(world, value, renew) : value,
    ]),
  );
}
