import type { Context, World } from "../context.ts";
import type { Change } from "../db/index.ts";
import type { Action } from "../policy/index.ts";
import type { Proxmox } from "../proxmox/index.ts";
import type { Ending } from "./ending.ts";
import type { GuestLook, LookName } from "./guest-look.ts";
import type { ItemRow } from "./item.ts";

/** What Proxmox shows of an item whose own answer got lost. */
export type Observation =
  | { readonly state: "done"; readonly upid?: string; readonly found?: Record<string, unknown> }
  | { readonly state: "running"; readonly upid: string }
  | {
      readonly state: "failed";
      readonly detail: string;
      readonly code?: string;
      readonly upid?: string;
      /** Something half made was left behind, and somebody has to see to it. */
      readonly halfMade?: true;
    }
  | { readonly state: "absent" }
  /** Something is there, and nothing tells any more whether this item made it. */
  | { readonly state: "unclear"; readonly detail: string };

/** Why an item is skipped, and rows to write with that. */
export interface Skip {
  readonly code: string;
  readonly reason: string;
  readonly changes?: readonly Change[];
}

/** A wait between two steps. */
export interface Pause {
  readonly seconds: number;
  readonly reason: string;
  readonly keepsSlot?: true;
}

/** How one action is done to one guest. All but `send` only look. */
export interface Effect {
  /** What policy and the engine have to know of it. */
  readonly action: Action;
  /** The read of its guest that it needs anyway, by which policy then judges too; `current` where it needs none. */
  readonly looks?: LookName;
  /** A reason not to do it after all, found in Proxmox just before; undefined to go on. */
  readonly check?: (
    ctx: Context,
    proxmox: Proxmox,
    item: ItemRow,
    look: GuestLook,
  ) => Promise<Skip | undefined>;
  /** Asks Proxmox to do it; the answer is the UPID, undefined where Proxmox answers only once it is done. */
  readonly send: (proxmox: Proxmox, item: ItemRow, world: World) => Promise<string | undefined>;
  /** Looks whether it was done, by what only this item can have left there. */
  readonly observe: (proxmox: Proxmox, item: ItemRow) => Promise<Observation>;
  /** Whether the effect is there after a task that claims success, and what was found; left out where the task is proof enough. */
  readonly verify?: (proxmox: Proxmox, item: ItemRow) => Promise<boolean | Record<string, unknown>>;
  /** What the log of its failed task says, where the exit status does not. */
  readonly explain?: (proxmox: Proxmox, item: ItemRow, exit: string) => Promise<string | undefined>;
  /** False for what must never be done twice, always or at this step; then an unanswered request ends as unknown. */
  readonly repeatable: boolean | ((item: ItemRow) => boolean);
  /** Whether the guest is only read: then it is not locked, and several items may do so at once. */
  readonly reads?: (item: ItemRow) => boolean;
  /** What has to be decided just before the request, such as a VMID; kept in the item's detail with its intent. */
  readonly prepare?: (
    ctx: Context,
    proxmox: Proxmox,
    item: ItemRow,
    look: GuestLook,
  ) => Promise<Record<string, unknown>>;
  /** Whether a refusal, or the end of the task, was for what `prepare` chose, so that another choice may succeed. */
  readonly retaken?: (refusal: { readonly message: string }, item: ItemRow) => boolean;
  /** Whether the guest is yet to be made: until then policy is asked without it, and there is nothing to lock. */
  readonly makes?: (item: ItemRow) => boolean;
  /** The guest that a step is about, where that is not the one of the item: what `prepare` or a step before has made. */
  readonly guest?: (item: ItemRow) => ItemRow["vm"];
  /** What has to follow before the item is done: the detail of its next step, each with a request of its own. */
  readonly next?: (item: ItemRow) => Record<string, unknown> | undefined;
  /** Whether it may be left between two steps: what each has done stands by itself. */
  readonly severable?: true;
  /** What is told of a guest that is left before a step that takes it away; undefined where the steps belong together. */
  readonly leaves?: (item: ItemRow) => string | undefined;
  /** How long to wait before the next step, and for what; its slot and its guest are given back meanwhile, or kept. */
  readonly wait?: (item: ItemRow) => Pause | undefined;
  /** The detail of the step that undoes what a failed item has made; undefined when nothing has to be undone. */
  readonly undo?: (item: ItemRow, ending: Ending) => Record<string, unknown> | undefined;
  /** Whether a failed item has made something that a retry would make once more beside it. */
  readonly made?: (item: ItemRow) => boolean;
  /** Whether a step only looks at what goes on by itself: no rule, cancellation or deadline is about it any more. */
  readonly follows?: (item: ItemRow) => boolean;
  /** How an item ends that has come to its last step, where that is no success. */
  readonly ends?: (item: ItemRow) => Partial<Ending>;
  /** What a refusal means, or the end of the task, that is no failure: the effect is there, or cannot be there. */
  readonly forgives?: (item: ItemRow, message: string) => "done" | Skip | undefined;
  /** What the item made. */
  readonly result?: (item: ItemRow) => Record<string, unknown>;
  /** Rows to write together with the item's success. */
  readonly settled?: (item: ItemRow) => readonly Change[];
}

/** How a new guest is made, whichever action wants one. */
export type Maker = Omit<Effect, "action">;

/** The effects by action. */
export type Effects = Readonly<Record<string, Effect>>;

/** Whether what an item does now may be asked for twice. */
export const isRepeatable = ({ repeatable }: Effect, item: ItemRow): boolean =>
  typeof repeatable === "boolean" ? repeatable : repeatable(item);

/** Whether an item has its guest for itself while it works: not one that only reads it, or makes it. */
export const locks = (effect: Effect | undefined, item: ItemRow) =>
  effect !== undefined && effect.makes?.(item) !== true && effect.reads?.(item) !== true;

/** How an item ends of which a refusal meant this. */
export const forgiven = (item: ItemRow, effect: Effect, meaning: "done" | Skip): Ending =>
  meaning === "done" ? success(item, effect) : { state: "skipped", ...meaning };

/** What is known of an effect that is there. */
interface Seen {
  readonly warnings?: readonly string[];
  readonly found?: Record<string, unknown> | undefined;
}

/** How an item ends whose effect is there; what was found of it counts as part of its detail. */
export function success(before: ItemRow, effect: Effect, { warnings = [], found }: Seen = {}): Ending {
  const told = [...before.warnings, ...warnings];
  const item = { ...before, warnings: told, detail: { ...before.detail, ...found } };
  return {
    state: "succeeded",
    warnings: told,
    changes: effect.settled?.(item) ?? [],
    ...(effect.result ? { result: effect.result(item) } : {}),
    ...effect.ends?.(item),
  };
}
