import { action } from "../policy/index.ts";

/** What policy has to know of what is done with snapshots. */
export const ACTIONS = {
  create: action("snapshot.create", { harmless: true, listed: false }),
  delete: action("snapshot.delete", { looks: false, listed: false }),
  // Proxmox stops the guest on the way, and its configuration is that of the snapshot afterwards, until its tags follow.
  rollback: action("snapshot.rollback", {
    interrupts: ({ detail }) => (detail["step"] ?? "rollback") === "rollback",
  }),
  update: action("snapshot.update", { listed: false }),
};
