import type { Context } from "../context.ts";
import { readAll } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { select, type Selection } from "../selector/index.ts";
import { leftOut, type Chosen } from "./guest-plan.ts";
import type { Task } from "./lay.ts";

/** A guest that was named by its VMID and does not exist: a skipped item, so that it is not left out in silence. */
function absent(action: string, { vmid, cluster = "*" }: { vmid: number; cluster?: string }): Task {
  const id = `${cluster}/${vmid}`;
  const because = `there is no guest ${id}`;
  return {
    guest: { id, cluster, vmid, name: null, node: "", type: "qemu" },
    item: {
      vm: { id, name: null, node: "" },
      action,
      willRun: false,
      because,
      code: "vm.missing",
      detail: {},
    },
  };
}

/** The clusters that alone can be meant; undefined when a selector names none. */
function clustersOf(selection: Selection): string[] | undefined {
  const named = [selection].flat().map((selector) => selector.clusters);
  return named.includes(undefined) ? undefined : named.flatMap((clusters) => clusters ?? []);
}

/**
 * Resolves a selection against the inventory. A cluster that may be meant and does not answer makes it
 * fail: its guests would be left out in silence otherwise. Only a dry run shows what was not chosen, so
 * only there more is read than what may be meant.
 */
export async function chooseGuests(ctx: Context, action: string, selection: Selection): Promise<Chosen> {
  const clusters = clustersOf(selection);
  const meant = clusters ? { clusters } : {};
  const reading = await readAll(ctx, ctx.dryRun ? {} : meant);
  const again = ctx.dryRun && clusters && reading.silent.length > 0;
  const [unreachable] = again ? (await readAll(ctx, meant)).silent : reading.silent;
  if (unreachable) {
    throw new Fault(
      "unreachable",
      "selector.incomplete",
      `The guests cannot be chosen: ${unreachable.detail}.`,
    );
  }
  const { choices, missing } = select(selection, reading.guests);
  const others = ctx.dryRun ? choices.filter((choice) => !choice.chosen) : [];
  return {
    guests: choices.filter((choice) => choice.chosen).map((choice) => choice.guest),
    absent: missing.map((one) => absent(action, one)),
    others: others.map((choice) => leftOut(action, choice.guest, choice.because)),
  };
}
