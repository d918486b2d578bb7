/** Four tables, so that rights differ: what is, what runs now, what happened, and who did it. */
export type Table = "State" | "Runtime" | "History" | "Audit";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A row as it is stored. What is in it is unknown until its own room has parsed it. */
export type Row = Key & Readonly<Record<string, unknown>>;

type Scalar = string | number | boolean;

/** What has to hold for a change to be made. Attribute names may be dotted paths into maps. */
export interface Condition {
  readonly exists?: boolean;
  readonly equals?: Readonly<Record<string, Scalar>>;
  readonly oneOf?: Readonly<Record<string, readonly Scalar[]>>;
  readonly below?: Readonly<Record<string, number>>;
}

/** One change of one row. */
export type Change = { readonly table: Table; readonly when?: Condition } & (
  | { readonly put: Row }
  | {
      readonly update: Key;
      readonly set?: Readonly<Record<string, unknown>>;
      readonly add?: Readonly<Record<string, number>>;
      readonly unset?: readonly string[];
      /** How large the row may be, in bytes, where that is much: a transaction takes 4 MB. */
      readonly bytes?: number;
    }
  | { readonly remove: Key }
  | { readonly check: Key }
);

/** How to read: `eventual` costs half, and may miss what was written a moment ago. */
export interface Reading {
  readonly eventual?: boolean;
}

/** Rows of one partition in the order of `sk`, with one of `prefix`, `before` and `after` at most. `index` reads History by time instead, and may lag behind. */
export interface Query extends Reading {
  readonly table: Table;
  readonly pk: string;
  readonly prefix?: string;
  readonly before?: string;
  readonly after?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
  readonly index?: "byTime";
}

/** A change whose condition did not hold: which one, and the row that stood in the way, if any. */
export class LostRace extends Error {
  readonly index: number;
  readonly current: Row | undefined;

  constructor(index: number, current: Row | undefined) {
    super(`the condition of change ${index} did not hold`);
    this.name = "LostRace";
    this.index = index;
    this.current = current;
  }
}

/**
 * Where everything is kept. Reads see all earlier writes, but for `index` and those that are `eventual`. A row whose
 * `expiresAt` (epoch seconds) is past is not read any more; a condition meets it until DynamoDB has deleted it.
 */
export interface Store {
  get(table: Table, key: Key, how?: Reading): Promise<Row | undefined>;
  /** Rows that exist, in no order, however many keys; one that is given twice is read once. */
  getMany(table: Table, keys: readonly Key[], how?: Reading): Promise<Row[]>;
  query(query: Query): Promise<Row[]>;
  /** All changes or none; throws LostRace when a condition does not hold, Unwritable for what no transaction can hold. */
  write(changes: readonly Change[]): Promise<void>;
}
