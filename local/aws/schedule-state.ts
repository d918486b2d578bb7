import type { Due, Firing, Group, Schedule, ScheduleChange } from "./schedule-schemas.ts";

/** All that a scheduler remembers. */
export interface ScheduleState {
  readonly groups: Map<string, Group>;
  readonly schedules: Map<string, Schedule>;
  readonly due: Map<string, Due>;
  readonly firings: Map<string, Firing>;
}

export const emptyState = (): ScheduleState => ({
  groups: new Map(),
  schedules: new Map(),
  due: new Map(),
  firings: new Map(),
});

/** A schedule's key: names are unique within a group. */
export const keyOf = ({ GroupName, Name }: Pick<Schedule, "GroupName" | "Name">) => `${GroupName}/${Name}`;

/** Carries out one change; the only place where the state is changed, live and in a replay alike. */
export function applyScheduleChange(state: ScheduleState, change: ScheduleChange): void {
  switch (change.kind) {
    case "group":
      state.groups.set(change.group.Name, change.group);
      break;
    case "ungroup":
      state.groups.delete(change.name);
      for (const [key, schedule] of state.schedules)
        if (schedule.GroupName === change.name) forget(state, key);
      break;
    case "put":
      state.schedules.set(keyOf(change.schedule), change.schedule);
      plan(state, keyOf(change.schedule), change.due);
      break;
    case "plan":
      plan(state, change.key, change.due);
      break;
    case "delete":
      forget(state, change.key);
      break;
    case "fire":
      state.firings.set(change.firing.id, change.firing);
      break;
    case "settle":
      state.firings.delete(change.id);
      break;
  }
}

function plan(state: ScheduleState, key: string, due: Due | undefined): void {
  if (due) state.due.set(key, due);
  else state.due.delete(key);
}

function forget(state: ScheduleState, key: string): void {
  state.schedules.delete(key);
  state.due.delete(key);
  for (const firing of state.firings.values()) if (firing.key === key) state.firings.delete(firing.id);
}

/** The shortest list of changes that builds the state anew. */
export function snapshotSchedules(state: ScheduleState): ScheduleChange[] {
  return [
    ...state.groups.values().map((group) => ({ kind: "group" as const, group })),
    ...state.schedules
      .entries()
      .map(([key, schedule]) => ({ kind: "put" as const, schedule, due: state.due.get(key) })),
    ...state.firings.values().map((firing) => ({ kind: "fire" as const, firing })),
  ];
}
