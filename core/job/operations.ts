import { listing } from "../operation/index.ts";
import { loadJob } from "./job.ts";

/** Operations newest first; a filter by a job that has none yet is no misspelt one. */
export const operations = listing(async (world, id) => (await loadJob(world, id)) !== undefined);
