export { Guest, splitTags, VmRef } from "./guest.ts";
export { poll, pollAll } from "./poll.ts";
export { find, readAll, type Reading } from "./read.ts";
export { load } from "./store.ts";
