import { createHmac } from "node:crypto";
import { atLeast, seconds, type World } from "./world.ts";

/** Tickets live for two hours; clocks may differ by five minutes. */
const LIFETIME = 7200;
const SKEW = 300;

const sign = (world: World, text: string) =>
  createHmac("sha256", `moxxie-simulator-${world.state.cluster}`).update(text).digest("base64");

/** A ticket (`PVE`) or its CSRF token: user and time in hexadecimal, signed. */
export function makeTicket(world: World, user: string, prefix: "PVE" | "CSRF" = "PVE"): string {
  const plain = `${prefix}:${user}:${seconds(world).toString(16).toUpperCase().padStart(8, "0")}`;
  return `${plain}::${sign(world, plain)}`;
}

/** The user a ticket was made for; nothing when it is forged, too old or from the future. */
export function ticketUser(world: World, ticket: string, prefix: "PVE" | "CSRF" = "PVE"): string | undefined {
  const [, plain = "", user, time = "", signature] =
    /^((?:PVE|CSRF):([^:]+):([0-9A-F]{8}))::(.+)$/.exec(ticket) ?? [];
  if (!user || !plain.startsWith(`${prefix}:`) || signature !== sign(world, plain)) return undefined;
  const age = seconds(world) - Number.parseInt(time, 16);
  return age > LIFETIME || age < -SKEW ? undefined : user;
}

const VNC_LIFETIME = 40;
const VNC_SKEW = 20;

/** What a VNC ticket says of itself, and what only its signature knows: for whom it is, for what, and from 9.2 on for which port. */
interface VncTicket {
  readonly user: string;
  readonly path: string;
  readonly port: number;
}

const vncSignature = (world: World, plain: string, { user, path, port }: VncTicket) =>
  sign(world, [plain, user, path, ...(atLeast(world, 9.2) ? [port] : [])].join(":"));

/** A ticket for one console; its user does not stand in it. */
export function makeVncTicket(world: World, of: VncTicket): string {
  const plain = `PVEVNC:${seconds(world).toString(16).toUpperCase().padStart(8, "0")}`;
  return `${plain}::${vncSignature(world, plain, of)}`;
}

/** Whether this is a ticket of that user for that console, and not too old. A password may stand before it. */
export function isVncTicket(world: World, ticket: string, of: VncTicket): boolean {
  const [, plain = "", time = "", signature] = /(?:^|:)(PVEVNC:([0-9A-F]{8}))::(.+)$/.exec(ticket) ?? [];
  const age = seconds(world) - Number.parseInt(time, 16);
  return signature === vncSignature(world, plain, of) && age < VNC_LIFETIME && age > -VNC_SKEW;
}
