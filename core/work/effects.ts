import type { Effects } from "../operation/index.ts";
import * as Power from "../power/index.ts";
import * as Snapshot from "../snapshot/index.ts";
import * as Vm from "../vm/index.ts";

/** Everything that an item can do to a guest, by its action. */
export const effects: Effects = {
  "vm.start": Power.starting,
  "vm.stop": Power.stopping,
  "vm.clone": Vm.cloning,
  "snapshot.create": Snapshot.taking,
  "snapshot.delete": Snapshot.removal,
};
