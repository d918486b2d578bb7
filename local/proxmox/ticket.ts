import { createHmac } from "node:crypto";
import { seconds, type World } from "./world.ts";

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
