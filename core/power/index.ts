export { BulkInput, plan as planBulk, PowerParams, toOrder as toBulkOrder } from "./bulk.ts";
export { starting, stopping } from "./effects.ts";
export { start, stop } from "./switch.ts";
