import { action } from "../policy/index.ts";

/** What policy has to know of a change of tags. */
export const TAGS = action("vm.tags");
