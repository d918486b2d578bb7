import { randomUUID } from "node:crypto";
import { openJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import { planFirst, planNext } from "./schedule-fire.ts";
import { conflict, groupArn, invalid, notFound, readSchedule } from "./schedule-input.ts";
import { ScheduleChange } from "./schedule-schemas.ts";
import type { Group, Schedule, ScheduleInput } from "./schedule-schemas.ts";
import { applyScheduleChange, emptyState, keyOf, snapshotSchedules } from "./schedule-state.ts";
import { nextTick, tick } from "./schedule-tick.ts";
import type { SchedulesOptions } from "./schedule-tick.ts";

/** EventBridge Scheduler in process; refusals are an AwsError with the code that AWS uses. */
export const createSchedules = (options: SchedulesOptions) => new Schedules(options);

/** Groups, schedules and their firings. Nothing fires but by `tick`. */
export class Schedules {
  readonly #state = emptyState();
  readonly #journal: Journal<ScheduleChange> | undefined;
  readonly #options: SchedulesOptions;
  readonly #newId: () => string;
  readonly #random: () => number;
  readonly #running = new Set<string>();
  #closed = false;

  constructor(options: SchedulesOptions) {
    this.#options = options;
    this.#newId = options.newId ?? randomUUID;
    this.#random = options.random ?? Math.random;
    this.#journal = options.file === undefined ? undefined : this.#restore(options.file);
    if (!this.#state.groups.has("default")) this.createGroup("default");
  }

  createGroup(name: string): Group {
    if (this.#state.groups.has(name)) throw conflict(`Schedule group ${name} already exists.`);
    const now = this.#now();
    const stamps = { State: "ACTIVE" as const, CreationDate: now, LastModificationDate: now };
    const group = { Name: name, Arn: groupArn(name), ...stamps };
    this.#commit({ kind: "group", group });
    return group;
  }

  getGroup(name: string): Group {
    const group = this.#state.groups.get(name);
    if (!group) throw notFound(`Schedule group ${name} does not exist.`);
    return group;
  }

  /** Deletes a group and the schedules in it. */
  deleteGroup(name: string): void {
    if (name === "default") throw invalid("The default schedule group can not be deleted.");
    this.#commit({ kind: "ungroup", name: this.getGroup(name).Name });
  }

  listGroups(): Group[] {
    return [...this.#state.groups.values()].toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  /** Creates a schedule and gives its ARN; the same ClientToken again is the same schedule. */
  create(input: ScheduleInput): string {
    const schedule = this.#read(input);
    const existing = this.#state.schedules.get(keyOf(schedule));
    if (existing && schedule.ClientToken && schedule.ClientToken === existing.ClientToken)
      return existing.Arn;
    if (existing) throw conflict(`Schedule ${schedule.Name} already exists.`);
    this.#commit({ kind: "put", schedule, due: planFirst(schedule, this.#random) });
    return schedule.Arn;
  }

  /** Replaces a schedule as a whole: what is left out goes back to its default. */
  update(input: ScheduleInput): string {
    const parsed = this.#read(input);
    const { CreationDate } = this.get(parsed.Name, parsed.GroupName);
    const schedule = { ...parsed, CreationDate };
    this.#commit({ kind: "put", schedule, due: planNext(schedule, this.#now(), this.#random) });
    return schedule.Arn;
  }

  get(name: string, group = "default"): Schedule {
    const schedule = this.#state.schedules.get(keyOf({ Name: name, GroupName: group }));
    if (!schedule) throw notFound(`Schedule ${name} does not exist.`);
    return schedule;
  }

  delete(name: string, group = "default"): void {
    this.#commit({ kind: "delete", key: keyOf(this.get(name, group)) });
  }

  /** All schedules in the order of group and name. */
  list(): Schedule[] {
    return [...this.#state.schedules.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** Fires what is due, each schedule at most once and for its newest time; resolves when all attempts are over. */
  tick(): Promise<void> {
    return tick({
      state: this.#state,
      running: this.#running,
      commit: (change) => this.#commit(change),
      now: () => this.#now(),
      invoke: this.#options.invoke,
      deadLetter: this.#options.deadLetter,
      newId: this.#newId,
      random: this.#random,
    });
  }

  /** Epoch ms at which the next tick has something to do; it may lie in the past. */
  nextDue(): number | undefined {
    return nextTick(this.#state, this.#running);
  }

  close(): void {
    this.#closed = true;
    this.#journal?.close();
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  #read(input: ScheduleInput): Schedule {
    const schedule = readSchedule(input, this.#now());
    this.getGroup(schedule.GroupName);
    return schedule;
  }

  #commit(change: ScheduleChange): void {
    // An attempt that ends after the close stays unsettled on disk and is made again at the next start.
    if (this.#closed) return;
    this.#journal?.append(change);
    applyScheduleChange(this.#state, change);
  }

  #restore(file: string): Journal<ScheduleChange> {
    const replay = (change: ScheduleChange) => applyScheduleChange(this.#state, change);
    return openJournal({
      file,
      schema: ScheduleChange,
      replay,
      snapshot: () => snapshotSchedules(this.#state),
    });
  }
}
