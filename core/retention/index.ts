export { Keep, LegacyKeep } from "./keep.ts";
export { retain, type Kept } from "./retain.ts";
