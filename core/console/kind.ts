import * as z from "zod";

export const Kind = z.enum(["vnc", "spice", "terminal"]);
export type Kind = z.infer<typeof Kind>;

export const Serial = z.enum(["serial0", "serial1", "serial2", "serial3"]);
export type Serial = z.infer<typeof Serial>;

/** How a console is to be opened, as the plan found the guest. */
export const Detail = z.object({
  kind: Kind,
  /** The port of a VM that a terminal is opened on. */
  serial: Serial.nullable(),
  /** Whether VNC shows a serial port of the VM and no picture: another program serves it, which asks for the ticket. */
  text: z.boolean(),
});
export type Detail = z.infer<typeof Detail>;

/**
 * Seconds until what Proxmox gave is worth nothing, from the request on: a port waits so long for its client, QEMU keeps the
 * password of SPICE so long, and the server of a container's console waits so long.
 */
export const lifetimeOf = (kind: Kind, type: "qemu" | "lxc") =>
  kind === "spice" ? (type === "qemu" ? 30 : 40) : 10;
