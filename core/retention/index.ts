export { Keep, LegacyKeep } from "./keep.ts";
export { retain, type Kept, type Mark } from "./retain.ts";
