import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import type { Key, Query, Row, Table } from "../core/db/index.ts";

const Found = z.looseObject({ pk: z.string(), sk: z.string() });
const Text = z.object({ body: z.string() });
const MOST = 1_000_000;

const parse = (found: unknown): Row => Found.parse(JSON.parse(Text.parse(found).body));

/** Sorts after every key. */
const LAST = "\u{10FFFF}";

function open(): DatabaseSync {
  const database = new DatabaseSync("");
  database.exec(
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000; PRAGMA temp_store = FILE;" +
      "CREATE TABLE kept (place TEXT, pk TEXT, sk TEXT, body TEXT, PRIMARY KEY (place, pk, sk)) WITHOUT ROWID",
  );
  return database;
}

/** Tables on disk, so that what DynamoDB would keep takes no memory of the process that is measured. */
export function diskRows() {
  const database = open();
  const one = database.prepare("SELECT body FROM kept WHERE place = ? AND pk = ? AND sk = ?");
  const put = database.prepare("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM kept WHERE place = ? AND pk = ? AND sk = ?");
  const between = (order: "ASC" | "DESC") =>
    database.prepare(
      `SELECT body FROM kept WHERE place = ? AND pk = ? AND sk > ? AND sk < ? ORDER BY sk ${order} LIMIT ?`,
    );
  const [forwards, backwards] = [between("ASC"), between("DESC")];
  const beginning = database.prepare(
    "SELECT body FROM kept WHERE place = ? AND pk = ? AND sk >= ? AND sk < ? ORDER BY sk LIMIT ?",
  );
  return {
    get(table: Table, { pk, sk }: Key): Row | undefined {
      const found = one.get(table, pk, sk);
      return found && parse(found);
    },
    set(table: Table, { pk, sk }: Key, row: Row | undefined): void {
      if (row) put.run(table, pk, sk, JSON.stringify(row));
      else remove.run(table, pk, sk);
    },
    select(wanted: Query, alive: (row: Row) => boolean): Row[] {
      const { table, pk, index, prefix, before, after, reverse, limit = MOST } = wanted;
      if (index) throw new Error("this store has no index");
      if (prefix !== undefined)
        return beginning.all(table, pk, prefix, `${prefix}${LAST}`, limit).map(parse).filter(alive);
      const query = reverse ? backwards : forwards;
      return query
        .all(table, pk, after ?? "", before ?? LAST, limit)
        .map(parse)
        .filter(alive);
    },
    *all(): Iterable<{ table: Table; row: Row }> {
      // What is on disk is asked for by key.
    },
  };
}
