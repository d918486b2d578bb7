export { MIGRATE } from "./action.ts";
export { migrateAll } from "./bulk.ts";
export { getMigration } from "./get.ts";
export { migrate } from "./migrate.ts";
export { migrating } from "./migrating.ts";
