export { get } from "./get.ts";
export { list } from "./list.ts";
export { storageParts, storagesOf } from "./read.ts";
export { unfit } from "./unfit.ts";
export type { Storage } from "./storage.ts";
