export { begin, forget } from "./once.ts";
