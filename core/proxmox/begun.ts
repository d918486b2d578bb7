import * as z from "zod";
import { parseUpid } from "./upid.ts";

/** The answer of a call that began a task. Anything but a UPID would be followed for ever, or lead elsewhere. */
export const begun = z.string().refine((text) => parseUpid(text) !== undefined, "no UPID");
