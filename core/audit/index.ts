export { around, refuse } from "./around.ts";
export { append } from "./chain.ts";
export { draft, type Draft, type Entry } from "./entry.ts";
export { list } from "./list.ts";
