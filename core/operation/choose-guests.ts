import type { Context } from "../context.ts";
import { readAll, type Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import type { Warning } from "../lib/page.ts";
import type { PlanItem } from "../plan.ts";
import { select, type Selection } from "../selector/index.ts";
import { leftOut } from "./guest-plan.ts";

/** The guests that a selection means now, and the others with their reasons. */
export interface Chosen {
  readonly guests: readonly Guest[];
  readonly others: readonly PlanItem[];
}

const silent = (reading: { readonly warnings: readonly Warning[] }) =>
  reading.warnings.find((warning) => warning.code === "proxmox.unreachable");

/** The clusters that alone can be meant; undefined when a selector names none. */
function clustersOf(selection: Selection): string[] | undefined {
  const named = [selection].flat().map((selector) => selector.clusters);
  return named.includes(undefined) ? undefined : named.flatMap((clusters) => clusters ?? []);
}

/**
 * Resolves a selection against the inventory. A cluster that may be meant and does not answer makes it
 * fail: its guests would be left out in silence otherwise.
 */
export async function chooseGuests(ctx: Context, action: string, selection: Selection): Promise<Chosen> {
  const reading = await readAll(ctx);
  const clusters = clustersOf(selection);
  const gap = silent(reading);
  const unreachable = gap && clusters ? silent(await readAll(ctx, { clusters })) : gap;
  if (unreachable) {
    throw new Fault(
      "unreachable",
      "selector.incomplete",
      `The guests cannot be chosen: ${unreachable.detail}.`,
    );
  }
  const { choices, missing } = select(selection, reading.guests);
  const others = choices
    .filter((choice) => !choice.chosen)
    .map((choice) => leftOut(action, choice.guest, choice.because));
  const unknown = missing.map(({ vmid, cluster }): PlanItem => {
    const because = `there is no guest ${vmid}${cluster === undefined ? "" : ` in cluster ${cluster}`}`;
    return { vm: null, action, willRun: false, because, code: "vm.missing", detail: { vmid } };
  });
  return {
    guests: choices.filter((choice) => choice.chosen).map((choice) => choice.guest),
    others: [...unknown, ...others],
  };
}
