import type { Kind } from "./guest.ts";

/** Notes as they come back from the file that they are kept in, line by line: those of a VM have no white space at their
 * end, those of a container always a line break. */
export const readDescription = (kind: Kind, text: string): string =>
  kind === "qemu" ? text.trimEnd() : text.replace(/\n*$/, "\n");
