import { action } from "../policy/index.ts";

/** What policy has to know of what is done with backups. */
export const ACTIONS = {
  // Only a snapshot lets a guest that runs go on: the other modes pause it, or shut it down.
  create: action("backup.create", {
    interrupts: ({ detail, runs }) => runs && (detail["mode"] ?? "snapshot") !== "snapshot",
    harmless: true,
    listed: false,
  }),
  delete: action("backup.delete", { looks: false, listed: false }),
  // In place of a guest it takes that one away.
  restore: action("backup.restore", {
    interrupts: ({ detail }) => detail["replaces"] === true && (detail["step"] ?? "restore") === "restore",
  }),
  update: action("backup.update", { listed: false }),
};

/** The other half of a restore, of which the guest that was backed up is the subject: what it holds is copied. */
export const COPY = action(ACTIONS.restore.name, { subject: "copied" });
