export { LostRace } from "./store.ts";
export type { Change, Condition, Key, Query, Reading, Row, Store, Table } from "./store.ts";
export { isExpired } from "./row.ts";
export { LIMITS, cut, fitting } from "./transaction.ts";
export { sizeOf } from "./size.ts";
export { Unwritable } from "./unwritable.ts";
