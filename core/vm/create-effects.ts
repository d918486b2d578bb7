import { cloning } from "./cloning.ts";
import { bearing } from "./create-effect.ts";
import { making } from "./create-making.ts";

/** Making a VM, with all that follows. */
export const creating = bearing(making, { tidy: true });

/** Copying a guest or a template, with all that follows. Proxmox takes away what it could not copy, or leaves it locked. */
export const copying = bearing(cloning, { tidy: false });
