import type { Call } from "./call.ts";
import { invalid } from "./refusal.ts";

/** Options of guest calls that only the literal root@pam, without a token, may set. */
const OPTIONS = [
  "stateuri",
  "skiplock",
  "migratedfrom",
  "migration_type",
  "migration_network",
  "targetstorage",
  "force-cpu",
  "keepActive",
  "nocheck",
];

/** Refuses the options of root; unset ones (0) do no harm. */
export function checkRootOptions({ params, who }: Call): void {
  if (who.user === "root@pam" && !who.token) return;
  const used = OPTIONS.find((name) => params.has(name) && !["", "0"].includes(params.text(name)));
  if (used) throw invalid({ [used]: "Only root may use this option." });
}
