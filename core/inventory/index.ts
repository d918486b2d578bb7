export { Guest, VmRef } from "./guest.ts";
export { poll, pollAll, refresh } from "./poll.ts";
export { find, readAll } from "./read.ts";
export { load } from "./store.ts";
