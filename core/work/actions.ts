import { telling } from "../auth/index.ts";
import { ACTIONS as BACKUP } from "../backup/index.ts";
import { CONSOLE } from "../console/index.ts";
import { MOVE } from "../disk/index.ts";
import { MIGRATE } from "../migrate/index.ts";
import type { Action } from "../policy/index.ts";
import { ACTIONS as POWER } from "../power/index.ts";
import { ACTIONS as SNAPSHOT } from "../snapshot/index.ts";
import { TAGS } from "../tag/index.ts";
import { ACTIONS as VM } from "../vm/index.ts";

const all = [POWER, BACKUP, SNAPSHOT, VM].flatMap((domain) => Object.values(domain));

/** Everything that can be done to a guest, by name. */
export const actions: Readonly<Record<string, Action>> = Object.fromEntries(
  [...all, CONSOLE, MIGRATE, MOVE, TAGS].map((one) => [one.name, one]),
);

/** Who the caller is, and what may be done to which guest. */
export const me = telling(actions);
