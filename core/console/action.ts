import { action } from "../policy/index.ts";

/** What policy has to know of a console. */
export const CONSOLE = action("vm.console", { harmless: true, listed: false });
