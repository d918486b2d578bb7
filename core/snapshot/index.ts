export { bulk, BulkInput, plan as planBulk, SnapshotParams, toOrder as toBulkOrder } from "./bulk.ts";
export { expire } from "./expire.ts";
export { list } from "./list.ts";
export { removal } from "./removal.ts";
export { taking } from "./taking.ts";
