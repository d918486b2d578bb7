import { ACTIONS } from "./actions.ts";
import { cloning } from "./cloning.ts";
import { bearing } from "./create-effect.ts";
import { making } from "./create-making.ts";

/** Making a VM, with all that follows. */
export const creating = bearing(making, { action: ACTIONS.create, tidy: true });

/** Copying a guest or a template, with all that follows. Proxmox takes away what it could not copy, or leaves it locked. */
const copying = { tidy: false };
export const copyingGuest = bearing(cloning, { action: ACTIONS.clone, ...copying });
export const copyingTemplate = bearing(cloning, { action: ACTIONS["from-template"], ...copying });
