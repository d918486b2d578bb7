import type { Context } from "../context.ts";
import { ageOf, isStale, readAll, renew, type Guest, type Reading } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { isInterrupting, type Action } from "../policy/index.ts";
import { select, type Choice, type Selection } from "../selector/index.ts";
import { absent, blind, seek } from "./absent.ts";
import { leftOut, type Chosen } from "./guest-plan.ts";
import type { Task } from "./lay.ts";
import { chosenAgain } from "./meant.ts";

/** The clusters that alone can be meant; undefined when a selector names none. */
function clustersOf(selection: Selection): string[] | undefined {
  const named = [selection].flat().map((selector) => selector.clusters);
  return named.includes(undefined) ? undefined : named.flatMap((clusters) => clusters ?? []);
}

/** A guest of which Proxmox does not tell what decides whether it is meant: skipped, and never taken for one that is not. */
function undecided(action: string, { guest, because }: Choice<Guest>): Task {
  const vm = { id: guest.id, name: guest.name, node: guest.node };
  return { guest, item: { vm, action, willRun: false, because, code: "vm.unknown", detail: {} } };
}

/** Whether a guest has to be known as it is now: where its items do not look at it, or not at all that was asked for. */
const isBlind = ({ looks }: Action, selection: Selection) =>
  !looks ||
  [selection].flat().some(({ pools, exclude }) => pools !== undefined || exclude?.pools !== undefined);

/** A guest of which what decides was told too long ago to do harm by it. */
function outOfDate(ctx: Context, action: string, guest: Guest): Task[] {
  const now = ctx.clock.now();
  if (guest.toldAt === undefined || !isStale(guest.toldAt, now)) return [];
  const vm = { id: guest.id, name: guest.name, node: guest.node };
  const because = `what is known of ${guest.id} is ${ageOf(guest.toldAt, now)}`;
  return [{ guest, item: { vm, action, willRun: false, because, code: "inventory.stale", detail: {} } }];
}

/**
 * Whether an action ends, deletes, overwrites or moves something, in the manner that its detail tells: then it is never
 * decided by what is old.
 */
const isHarm = (action: Action, detail: Readonly<Record<string, unknown>>) =>
  !action.harmless || isInterrupting(action, { detail, runs: true });

/** Reads what may be meant. Harm is never decided by what is old: that is listed anew, or refused. */
async function read(ctx: Context, harm: boolean, clusters: string[] | undefined): Promise<Reading> {
  const wanted = ctx.dryRun || !clusters ? {} : { clusters };
  const reading = await readAll(ctx, wanted);
  const old = reading.parts.filter(({ cluster, stale }) => stale && (clusters?.includes(cluster) ?? true));
  if (old.length === 0 || !harm) return reading;
  await Promise.all(old.map(({ cluster }) => renew(ctx, cluster)));
  return readAll(ctx, wanted);
}

/** Ends a choice that would leave out in silence what nobody can tell of, or do harm by what is long past. */
function requireKnown(meant: Reading["parts"], harm: boolean): void {
  const silent = meant.find((part) => part.silent)?.silent;
  if (silent) {
    const detail = `The guests cannot be chosen: ${silent.detail}.`;
    throw new Fault("unreachable", "selector.incomplete", detail);
  }
  const stale = harm && meant.find((part) => part.stale);
  if (!stale) return;
  const why = stale.warnings.map(({ detail }) => detail).join("; ");
  throw new Fault("unreachable", "inventory.stale", `The guests cannot be chosen: ${why}.`);
}

/** What a selection means now, and of which clusters nobody can tell whether guests that are named are there. */
async function found(ctx: Context, harm: boolean, selection: Selection) {
  const since = ctx.clock.now();
  const clusters = clustersOf(selection);
  const look = async () => {
    const { parts, guests } = await read(ctx, harm, clusters);
    const meant = parts.filter(({ cluster }) => clusters?.includes(cluster) ?? true);
    requireKnown(meant, harm);
    return { meant, ...select(selection, guests) };
  };
  const known = await look();
  const mute = await seek(ctx, known.missing, known.meant, since);
  const now = mute === undefined ? known : await look();
  return { ...now, mute: [...(mute ?? []), ...blind(now.meant)] };
}

/**
 * Resolves a selection against the inventory. A cluster that may be meant and does not answer makes it
 * fail: its guests would be left out in silence otherwise. Only a dry run shows what was not chosen, so
 * only there more is read than what may be meant.
 */
export async function chooseGuests(
  ctx: Context,
  action: Action,
  selection: Selection,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<Chosen> {
  const harm = isHarm(action, detail);
  const { meant, missing, mute, ...all } = await found(ctx, harm, selection);
  const again = ctx.meant && chosenAgain(ctx.meant, all.choices, { action: action.name, mute });
  const choices = again?.choices ?? all.choices;
  const others = ctx.dryRun ? choices.filter(({ chosen, unknown }) => !chosen && !unknown) : [];
  const absents = again?.absent ?? missing.map((one) => absent(action.name, one, mute));
  const open = choices.filter(({ unknown }) => unknown).map((choice) => undecided(action.name, choice));
  const chosen = choices.filter((choice) => choice.chosen).map((choice) => choice.guest);
  const blindly = harm && isBlind(action, selection);
  const old = blindly ? chosen.flatMap((guest) => outOfDate(ctx, action.name, guest)) : [];
  const left = new Set(old.map(({ guest }) => guest.id));
  return {
    guests: chosen.filter(({ id }) => !left.has(id)),
    absent: [...absents, ...open, ...old],
    others: others.map((choice) => leftOut(action.name, choice.guest, choice.because)),
    warnings: meant.flatMap((part) => part.warnings),
  };
}
