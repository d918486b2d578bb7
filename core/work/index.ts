export { actions, me } from "./actions.ts";
export { effects } from "./effects.ts";
export { retry } from "./retry.ts";
