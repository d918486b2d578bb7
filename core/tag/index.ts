export { bulk, BulkInput, plan as planBulk, TagParams, toOrder as toBulkOrder } from "./bulk.ts";
export { add, remove, replace } from "./change.ts";
export { evaluate } from "./evaluate.ts";
export { get } from "./get.ts";
export { getCategories } from "./get-categories.ts";
export { list } from "./list.ts";
export { putCategories } from "./put-categories.ts";
export { tagging } from "./tagging.ts";
export { vms } from "./vms.ts";
