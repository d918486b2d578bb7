import { action } from "../policy/index.ts";

/** What policy has to know of each change of a guest's power. */
export const ACTIONS = {
  start: action("vm.start", { harmless: true }),
  stop: action("vm.stop", { interrupts: true }),
  shutdown: action("vm.shutdown", { interrupts: true }),
  reboot: action("vm.reboot", { interrupts: true }),
  reset: action("vm.reset", { interrupts: true }),
  suspend: action("vm.suspend", { interrupts: true }),
  resume: action("vm.resume", { harmless: true }),
};
