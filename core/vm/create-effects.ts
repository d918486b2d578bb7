import { cloning } from "./cloning.ts";
import { bearing } from "./create-effect.ts";
import { making } from "./create-making.ts";

/** Making a VM, with all that follows. */
export const creating = bearing(making);

/** Copying a template, with all that follows. */
export const fromTemplating = bearing(cloning);
