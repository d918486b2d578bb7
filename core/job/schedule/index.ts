export { ScheduleError } from "./error.ts";
export { next, upcoming } from "./next.ts";
export { normalise } from "./normalise.ts";
