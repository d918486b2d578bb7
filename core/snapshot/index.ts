export { ACTIONS } from "./actions.ts";
export { bulk, bulkOfJob, JobInput, plan as planBulk, toOrder as toBulkOrder } from "./bulk.ts";
export {
  bulkRemove,
  BulkRemoveInput,
  planBulkRemove,
  RemovalParams,
  toBulkRemoveOrder,
} from "./bulk-remove.ts";
export { create } from "./create.ts";
export { editing } from "./editing.ts";
export { expire } from "./expire.ts";
export { get } from "./get.ts";
export { list } from "./list.ts";
export { SnapshotJobParams } from "./propose.ts";
export { removal } from "./removal.ts";
export { remove, removeMatching } from "./remove.ts";
export { rollBackMany, rollBackOne } from "./roll-back.ts";
export { rollingBack } from "./rolling-back.ts";
export { taking } from "./taking.ts";
export { update } from "./update.ts";
