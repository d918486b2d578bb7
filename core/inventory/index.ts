export { find, locate, nodesOf } from "./find.ts";
export { Guest, VmRef, type Profile } from "./guest.ts";
export { poll, pollAll, refresh } from "./poll.ts";
export { readAll } from "./read.ts";
export { load } from "./store.ts";
