export { health } from "./health.ts";
export { ready } from "./ready.ts";
export { version } from "./version.ts";
