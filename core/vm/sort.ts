import * as z from "zod";
import { Guest } from "../inventory/index.ts";

const Sortable = Guest.omit({ tags: true, unknown: true });
const Field = Sortable.keyof();

/** `name,-memoryBytes`: fields in their order, a minus for descending. */
export const SortKeys = z
  .string()
  .max(200)
  .transform((text, context) => {
    const keys = text
      .split(",")
      .map((part) => ({ field: part.replace(/^-/, ""), down: part.startsWith("-") }));
    const parsed = z.array(z.object({ field: Field, down: z.boolean() })).safeParse(keys);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: `must name fields of a guest, such as name,-memoryBytes` });
    return z.NEVER;
  });
export type SortKeys = z.infer<typeof SortKeys>;

type Comparable = string | number | boolean | null;

/** What is not known comes last, whichever way the field is sorted. */
function compare(a: Comparable, b: Comparable, down: boolean): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return (a < b ? -1 : 1) * (down ? -1 : 1);
}

/** Where a guest stands in a list: what it is sorted by. */
const Place = Sortable.partial().required({ cluster: true, vmid: true });
type Place = z.infer<typeof Place>;

/** The order of a list: by the fields asked for, then by cluster and VMID. */
export function sorter(keys: SortKeys = []) {
  return (a: Place, b: Place): number => {
    for (const { field, down } of keys) {
      const order = compare(a[field] ?? null, b[field] ?? null, down);
      if (order !== 0) return order;
    }
    return compare(a.cluster, b.cluster, false) || a.vmid - b.vmid;
  };
}

const textOf = (keys: SortKeys) => keys.map(({ field, down }) => `${down ? "-" : ""}${field}`).join(",");

/** What a cursor keeps: the place of the last guest given, so that the next page goes on there though it has gone or changed. */
export const positionIn =
  (keys: SortKeys = []) =>
  (guest: Guest) => {
    const fields = keys.map(({ field }) => [field, guest[field]] as const);
    const at = { ...Object.fromEntries(fields), cluster: guest.cluster, vmid: guest.vmid };
    return { sort: textOf(keys), at };
  };

/** A cursor of a list in this order. */
export const Position = (keys: SortKeys = []) => z.object({ sort: z.literal(textOf(keys)), at: Place });
