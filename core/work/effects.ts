import * as Backup from "../backup/index.ts";
import { moving } from "../disk/index.ts";
import type { Effects } from "../operation/index.ts";
import * as Migrate from "../migrate/index.ts";
import * as Power from "../power/index.ts";
import { POWER_ACTIONS } from "../proxmox/index.ts";
import * as Snapshot from "../snapshot/index.ts";
import * as Tag from "../tag/index.ts";
import * as Vm from "../vm/index.ts";

/** Everything that an item can do to a guest, by its action. */
export const effects: Effects = {
  ...Object.fromEntries(POWER_ACTIONS.map((name) => [`vm.${name}`, Power.powering(name)])),
  "vm.clone": Vm.copyingGuest,
  "vm.create": Vm.creating,
  "vm.from-template": Vm.copyingTemplate,
  "vm.cloud-init": Vm.cloudIniting,
  "vm.config": Vm.changing,
  "vm.delete": Vm.destroying,
  "vm.migrate": Migrate.migrating,
  "vm.move": moving,
  "vm.resize": Vm.resizing,
  "vm.template": Vm.templating,
  "vm.tags": Tag.tagging,
  "backup.create": Backup.creating,
  "backup.delete": Backup.removing,
  "backup.restore": Backup.restoring,
  "backup.update": Backup.noting,
  "snapshot.create": Snapshot.taking,
  "snapshot.delete": Snapshot.removal,
  "snapshot.rollback": Snapshot.rollingBack,
  "snapshot.update": Snapshot.editing,
};
