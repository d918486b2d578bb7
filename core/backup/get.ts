import * as z from "zod";
import { ClusterId } from "../lib/field.ts";
import { verb } from "../verb.ts";
import { Backup, BackupId } from "./backup.ts";
import { findBackup } from "./find.ts";

/** One backup, as its storage lists it at this moment. */
export const get = verb({
  action: "backup.get",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, backup: BackupId }),
  output: Backup,
  run: async (ctx, { cluster, backup }) => (await findBackup(ctx, cluster, backup)).backup,
});
