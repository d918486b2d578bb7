import type * as z from "zod";
import { canonical } from "../lib/canonical.ts";
import { Fault } from "../lib/fault.ts";
import { badInput } from "../lib/issues.ts";
import { CloudInitShown } from "./cloud-init-view.ts";

/** What is only shown of cloud-init: taken as it was shown, so that what was read can be sent back. */
export const ShownOnly = CloudInitShown.pick({
  vm: true,
  drive: true,
  passwordSet: true,
  digest: true,
}).partial();
export type ShownOnly = z.infer<typeof ShownOnly>;

/** A digest of another version is a 412, and whatever else is not so as it is shown a 400. */
export function checkShown(
  { digest, ...said }: ShownOnly,
  { digest: now, ...shown }: z.infer<typeof CloudInitShown>,
): void {
  if (digest !== undefined && digest !== now) {
    const detail = `The configuration of ${shown.vm} is not the version that digest names; read it again.`;
    throw new Fault("precondition", "config.changed", detail);
  }
  const facts = new Map(Object.entries(shown));
  const wrong = Object.entries(said).filter(
    ([name, value]) => value !== undefined && canonical(value) !== canonical(facts.get(name)),
  );
  if (wrong.length > 0)
    throw badInput(
      wrong.map(([name]) => ({ pointer: `/${name}`, code: "invalid", detail: "is only shown here" })),
    );
}
