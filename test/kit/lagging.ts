import type { Change, Query, Reading, Row, Store } from "../../core/db/index.ts";
import { isExpired } from "../../core/db/row.ts";
import type { Clock } from "../../core/lib/clock.ts";
import { changed } from "./change.ts";
import { Rows } from "./rows.ts";
import { keyOf } from "../../core/db/merge.ts";
import type { MemoryStore } from "./store.ts";

interface Late {
  readonly due: number;
  readonly change: Change;
}

const isStale = (how: Reading & Partial<Query> = {}) => how.eventual === true || how.index !== undefined;

/**
 * The store as DynamoDB may show it: eventual reads and `byTime` see what was there `milliseconds` ago. `strikes` says
 * whether a read meets such a copy; others see everything, so that one read may show less than the one before.
 */
export function lagging(
  store: MemoryStore,
  clock: Clock,
  milliseconds: number,
  strikes: () => boolean = () => true,
): Store {
  const copy = new Rows();
  const alive = (row: Row) => !isExpired(row, clock.now());
  for (const { table, row } of store.dump()) copy.set(table, row, row);
  const late: Late[] = [];

  /** Lets the copy catch up with all that is old enough. */
  function catchUp(): Rows {
    const now = clock.now().getTime();
    let done = 0;
    for (; (late[done]?.due ?? Infinity) <= now; done++) {
      const change = late[done]?.change;
      if (!change) continue;
      const key = keyOf(change);
      copy.set(change.table, key, changed(copy.get(change.table, key), change));
    }
    late.splice(0, done);
    return copy;
  }

  return {
    async get(table, key, how) {
      const row = await store.get(table, key, how);
      const found = isStale(how) && strikes() ? catchUp().get(table, key) : row;
      return found && alive(found) ? found : undefined;
    },
    async getMany(table, keys, how) {
      const rows = await store.getMany(table, keys, how);
      if (!isStale(how) || !strikes()) return rows;
      const old = catchUp();
      return keys
        .map((key) => old.get(table, key))
        .filter((row) => row !== undefined)
        .filter(alive);
    },
    async query(query) {
      const rows = await store.query(query);
      return isStale(query) && strikes() ? catchUp().select(query, alive) : rows;
    },
    async write(changes) {
      await store.write(changes);
      const due = clock.now().getTime() + milliseconds;
      late.push(...changes.filter((change) => !("check" in change)).map((change) => ({ due, change })));
    },
  };
}
