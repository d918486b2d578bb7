import type { FieldError } from "../lib/fault.ts";
import type { ContainerInput, MountPoint, Network, RootFs } from "./create-container-input.ts";
import { GIB, MIB, parts, present, tagList } from "./create-field.ts";
import { macErrors } from "./create-network.ts";
import { optionErrors } from "./create-options.ts";
import { containerNeeds, storageOf } from "./create-place.ts";
import type { Spelled } from "./create-spelled.ts";
import { protectTodos, startTodos } from "./create-todo.ts";

/** The option that makes a file system; Proxmox counts in GiB there. */
function volumeOption(volume: RootFs | MountPoint): string {
  const { storage, sizeBytes, acl, quota, replicate, readOnly, mountOptions = [] } = volume;
  const place = "path" in volume ? { mp: volume.path, backup: volume.backup } : {};
  const mountoptions = mountOptions.length > 0 ? mountOptions.join(";") : undefined;
  const rest = parts({ ...place, acl, quota, replicate, ro: readOnly, mountoptions });
  return [`${storage}:${sizeBytes / GIB}`, ...rest].join(",");
}

const nameOf = ({ name }: Network, at: number) => name ?? `eth${at}`;

function networkOption(network: Network, at: number): string {
  const { bridge, mac, vlan, trunks, firewall, rateMegabytes, mtu, connected } = network;
  return parts({
    name: nameOf(network, at),
    bridge,
    hwaddr: mac?.toUpperCase(),
    ip: network.ipv4,
    gw: network.gateway4,
    ip6: network.ipv6,
    gw6: network.gateway6,
    tag: vlan,
    trunks: trunks?.join(";"),
    firewall,
    rate: rateMegabytes,
    mtu,
    link_down: connected ? undefined : true,
  }).join(",");
}

/** Only what is wanted is named: Proxmox takes a feature that is named, and off, for a change of it. */
function featuresOption({ features }: ContainerInput): string | undefined {
  const wanted = Object.entries(features ?? {}).flatMap(([name, on]) => (on ? [`${name}=1`] : []));
  return wanted.length > 0 ? wanted.join(",") : undefined;
}

const repeated = (names: readonly string[]) =>
  names.flatMap((name, at) => (names.indexOf(name) < at ? [{ name, at }] : []));

function errorsOf({ networks, mountPoints, options }: ContainerInput): FieldError[] {
  const cards = repeated(networks.map(nameOf)).map(({ name, at }) => ({
    pointer: `/networks/${at}/name`,
    code: "invalid",
    detail: `${name} is another card of this guest`,
  }));
  const paths = repeated(mountPoints.map(({ path }) => path)).map(({ name, at }) => ({
    pointer: `/mountPoints/${at}/path`,
    code: "invalid",
    detail: `${name} is another mount point of this guest`,
  }));
  return [...cards, ...macErrors(networks), ...paths, ...optionErrors(options, "lxc")];
}

/** Puts what is wanted of a container into Proxmox's words, or says what is wrong with it. Pure. */
export function spellContainer(input: ContainerInput, ownerTag: string): Spelled {
  const { name, cpu, memoryBytes, swapBytes, rootfs, mountPoints, networks, dns, password, sshKeys } = input;
  const options = present({
    ...input.options,
    ostemplate: input.osTemplate,
    hostname: name,
    pool: input.pool,
    cores: cpu.cores,
    cpulimit: cpu.limit,
    cpuunits: cpu.units,
    memory: memoryBytes / MIB,
    swap: swapBytes === undefined ? undefined : swapBytes / MIB,
    unprivileged: input.unprivileged,
    features: featuresOption(input),
    nameserver: dns?.servers?.join(" "),
    searchdomain: dns?.searchDomain,
    tags: tagList([ownerTag, ...input.tags]),
    rootfs: volumeOption(rootfs),
    ...Object.fromEntries(mountPoints.map((mount, at) => [`mp${at}`, volumeOption(mount)])),
    ...Object.fromEntries(networks.map((network, at) => [`net${at}`, networkOption(network, at)])),
  });
  const keys = sshKeys !== undefined && sshKeys.length > 0 ? sshKeys.join("\n") : undefined;
  return {
    options,
    secret: present({ password, "ssh-public-keys": keys }),
    errors: errorsOf(input),
    needs: containerNeeds(input),
    named: [
      { pointer: "/osTemplate", storage: storageOf(input.osTemplate) },
      { pointer: "/rootfs/storage", storage: rootfs.storage },
      ...mountPoints.map(({ storage }, at) => ({ pointer: `/mountPoints/${at}/storage`, storage })),
    ],
    // Proxmox writes the configuration of a container before it is whole: one that is protected could not be taken away.
    todo: [...protectTodos(input.protection), ...startTodos({ ...input, agent: false })],
  };
}
