import type { Guest } from "./guest.ts";

/** Everything that a cluster has, at one instant. */
export interface Listing {
  readonly asOf: string;
  readonly guests: readonly Guest[];
  readonly nodes: readonly { readonly name: string; readonly online: boolean }[];
}
