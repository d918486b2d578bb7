export { clone } from "./clone.ts";
export { cloning } from "./cloning.ts";
export { get } from "./get.ts";
export { list } from "./list.ts";
