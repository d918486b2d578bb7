import type { Guest } from "./state.ts";
import type { World } from "./world.ts";

/** Devices that each node has under a name of its own. A running VM cannot take them along; folders nobody can. */
export const mappedDevices = (guest: Guest) =>
  Object.entries(guest.config).flatMap(([option, value]) =>
    (/^(?:usb|hostpci)\d+$/.test(option) && value.includes("mapping=")) || /^virtiofs\d+$/.test(option)
      ? [option]
      : [],
  );

/** Devices of the node itself, by their options: a guest with such cannot go anywhere. Some mapped ones are among them. */
export const localDevices = (guest: Guest) =>
  Object.entries(guest.config).flatMap(([option, value]) => {
    if (mappedDevices(guest).includes(option))
      return guest.status === "running" || option.startsWith("virtiofs") ? [option] : [];
    if (!/^(?:usb|hostpci|serial|parallel)\d+$/.test(option)) return [];
    return /^(?:host=)?spice/.test(value) || value === "socket" ? [] : [option];
  });

/** A mount point that is a folder of the node, and not said to be there on all. */
export const bindMount = (guest: Guest) =>
  Object.entries(guest.config).find(
    ([option, value]) => /^mp\d+$/.test(option) && value.startsWith("/") && !value.includes("shared=1"),
  )?.[0];

/** Whether a node has a storage. */
export const hasStorage = (world: World, name: string, node: string) => {
  const storage = world.state.storages[name];
  return storage !== undefined && !storage.disabled && (storage.nodes ?? [node]).includes(node);
};
