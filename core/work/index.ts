export { effects } from "./effects.ts";
