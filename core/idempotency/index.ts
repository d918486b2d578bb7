export { begin, forget, type Repeatable } from "./once.ts";
