import type { Call, Handlers } from "../call.ts";
import { typedConfig } from "../config-values.ts";
import { withConfigLock } from "../guest.ts";
import { died } from "../refusal.ts";
import { guestOf } from "./guests.ts";

const KEY = /^(ci(custom|password|type|upgrade|user)|ipconfig\d+|nameserver|searchdomain|sshkeys)$/;

function pending(call: Call) {
  const guest = guestOf(call, "qemu");
  return Object.entries(typedConfig(call.world, "qemu", guest.config))
    .filter(([key]) => KEY.test(key))
    .map(([key, value]) => ({ key, value: key === "cipassword" ? "**********" : value }));
}

/** Writes the cloud-init drive anew. */
async function regenerate(call: Call): Promise<null> {
  const guest = guestOf(call, "qemu");
  if (!Object.values(guest.config).some((value) => value.includes("cloudinit")))
    throw died("no cloudinit drive found");
  await withConfigLock(call.world, guest, () => undefined);
  return null;
}

function dump(call: Call): string {
  const { config } = guestOf(call, "qemu");
  return `#cloud-config\nhostname: ${config.name ?? ""}\nmanage_etc_hosts: true\nuser: ${config.ciuser ?? "root"}\n`;
}

export const cloudInitHandlers: Handlers = {
  "GET /nodes/{node}/qemu/{vmid}/cloudinit": pending,
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit": regenerate,
  "GET /nodes/{node}/qemu/{vmid}/cloudinit/dump": dump,
};
