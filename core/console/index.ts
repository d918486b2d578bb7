export { CONSOLE } from "./action.ts";
export { open } from "./open.ts";
