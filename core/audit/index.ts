export { append } from "./chain.ts";
export { draft, type Draft } from "./entry.ts";
export { list } from "./list.ts";
