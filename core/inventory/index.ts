export { find, locate, nodesOf, renew } from "./find.ts";
export { Guest, statusOf, VmRef, type Profile } from "./guest.ts";
export { poll, refresh } from "./poll.ts";
export { readAll, type Reading } from "./read.ts";
export { listAnew } from "./list-anew.ts";
export { begin, list } from "./tick.ts";
export { outdate } from "./outdate.ts";
export { ageOf, isStale } from "./age.ts";
export { load } from "./store.ts";
