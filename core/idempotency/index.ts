export { begin, fits, forget } from "./once.ts";
