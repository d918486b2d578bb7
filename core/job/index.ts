export { create } from "./create.ts";
export { fire } from "./fire.ts";
export { get } from "./get.ts";
export { list } from "./list.ts";
export { reconcile } from "./reconcile.ts";
export { remove } from "./remove.ts";
export { run } from "./run.ts";
export { runs } from "./runs.ts";
