export { LostRace } from "./store.ts";
export type { Change, Condition, Key, Query, Row, Store, Table } from "./store.ts";
