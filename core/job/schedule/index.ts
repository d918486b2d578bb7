export { ScheduleError } from "./error.ts";
export { missingTimes, standInTimes, type MissingTime } from "./missing.ts";
export { next, upcoming } from "./next.ts";
export { normalise } from "./normalise.ts";
