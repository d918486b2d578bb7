import type { World } from "../../core/context.ts";

/** Something of the world that only some functions have: it weighs in the bundle and needs rights. */
export interface Provider {
  readonly name: "tables" | "keys" | "proxmox" | "queue" | "scheduler" | "sealing";
  readonly provide: () => Partial<World>;
}
