import * as z from "zod";
import { Guest } from "../inventory/index.ts";

const Field = Guest.omit({ tags: true }).keyof();

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

/** The order of a list: by the fields asked for, then by cluster and VMID. */
export function sorter(keys: SortKeys = []) {
  return (a: Guest, b: Guest): number => {
    for (const { field, down } of keys) {
      const order = compare(a[field], b[field], down);
      if (order !== 0) return order;
    }
    return compare(a.cluster, b.cluster, false) || a.vmid - b.vmid;
  };
}
