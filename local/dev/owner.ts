import type { Options } from "./options.ts";

/** What a folder of the simulator belongs to. */
export const SIMULATED = "a simulated cluster";

/** What a folder is for from now on. One address and one certificate can be written in several ways. */
export function ownerOf({ cluster, fingerprint }: Pick<Options, "cluster" | "fingerprint">): string {
  if (cluster === undefined || fingerprint === undefined) return SIMULATED;
  const hex = fingerprint.replaceAll(":", "").toUpperCase();
  return `the cluster ${new URL(cluster).origin} (${hex})`;
}
