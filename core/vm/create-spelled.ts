import type { FieldError } from "../lib/fault.ts";
import type { Needs } from "../placement/index.ts";
import type { Options } from "../proxmox/index.ts";
import type { Todo } from "./create-detail.ts";

/** A new guest in Proxmox's own words; `secret` options are kept apart from the others. */
export interface Spelled {
  readonly options: Options;
  readonly secret: Options;
  readonly errors: readonly FieldError[];
  readonly needs: Needs;
  /** The fields that name storages. */
  readonly named: readonly { readonly pointer: string; readonly storage: string }[];
  /** What follows once it is there. */
  readonly todo: readonly Todo[];
}
