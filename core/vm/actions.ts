import { action } from "../policy/index.ts";

/** What policy has to know of what is done to whole guests and their configuration. */
export const ACTIONS = {
  clone: action("vm.clone", { subject: "copied" }),
  "cloud-init": action("vm.cloud-init", { listed: false }),
  config: action("vm.config"),
  create: action("vm.create", { subject: "made" }),
  delete: action("vm.delete", { interrupts: true }),
  "from-template": action("vm.from-template", { subject: "copied" }),
  resize: action("vm.resize"),
  // What has become a template never runs again.
  template: action("vm.template", { interrupts: true }),
};
