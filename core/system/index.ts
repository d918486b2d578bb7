export { health } from "./health.ts";
export { isDown, ready } from "./ready.ts";
export { version } from "./version.ts";
