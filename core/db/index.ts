export { LostRace } from "./store.ts";
export type { Change, Condition, Key, Query, Reading, Row, Store, Table } from "./store.ts";
export { isExpired } from "./row.ts";
