import { action } from "../policy/index.ts";

/** What policy has to know of a migration: a container that runs is restarted on its way. */
export const MIGRATE = action("vm.migrate", {
  interrupts: ({ detail }) => detail["restart"] === true && (detail["step"] ?? "migrate") === "migrate",
});
