import { action } from "../policy/index.ts";

/** What policy has to know of the move of a disk: a VM that runs goes on, and a container has to be off. */
export const MOVE = action("vm.move");
