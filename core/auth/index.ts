export { holder, keep, keepAdmin, newKey } from "./key.ts";
export { telling } from "./me.ts";
export { RoleName } from "./role.ts";
export { present } from "./present.ts";
