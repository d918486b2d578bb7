import * as z from "zod";
import type { World } from "../context.ts";
import type { GuestPath, Proxmox } from "../proxmox/index.ts";
import { Kind } from "./kind.ts";

/** All that a client needs to get in, once and at once. What a kind does not have is null. */
export const Console = z.object({
  kind: Kind,
  vm: z.object({ id: z.string(), name: z.string().nullable(), type: z.enum(["qemu", "lxc"]) }),
  /** The guest's node. */
  node: z.string(),
  host: z.string().describe("where the port is open, which may be another node than the guest's"),
  port: z.int(),
  user: z.string().nullable().describe("the Proxmox user that the ticket was made for"),
  ticket: z.string().nullable(),
  password: z.string().nullable().describe("what the protocol itself asks for: VNC of a VM, SPICE"),
  certificate: z.string().nullable().describe("PEM of the authority that vouches for the node"),
  websocketUrl: z
    .string()
    .nullable()
    .describe("opens only with a session or token of `user`, which is never handed out"),
  viewerFile: z.string().nullable().describe("a .vv file for remote-viewer"),
  expiresAt: z.iso.datetime(),
  upid: z.string().nullable(),
});
export type Console = z.input<typeof Console>;

/** A console that is to be opened: of what, through what, and what its answer says whatever its kind. */
export interface Wanted {
  readonly world: World;
  readonly proxmox: Proxmox;
  readonly guest: GuestPath;
  readonly common: Pick<Console, "kind" | "vm" | "node" | "expiresAt">;
}
