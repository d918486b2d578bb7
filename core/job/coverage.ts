import * as Backup from "../backup/index.ts";
import { Selection } from "../selector/index.ts";
import { allJobs } from "./job.ts";

/** Which guests are covered by backups, measured by the jobs that make them too. */
export const coverage = Backup.covering(async (world) =>
  (await allJobs(world)).flatMap(({ id, name, kind, enabled, select: given }) => {
    const select = Selection.safeParse(given);
    return kind === "backup" && select.success ? [{ id, name, enabled, select: select.data }] : [];
  }),
);
