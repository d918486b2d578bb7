import * as z from "zod";
import { RateControl } from "../operation/index.ts";
import { Selection } from "../selector/index.ts";
import { complain, MigrateShape } from "./input.ts";

/** Which guests, where to, at what pace. */
export const BulkInput = z
  .strictObject({ select: Selection, ...MigrateShape, ...RateControl })
  .superRefine(complain);
export type BulkInput = z.infer<typeof BulkInput>;
