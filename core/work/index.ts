export { effects } from "./effects.ts";
export { retry } from "./retry.ts";
