import { retrying } from "../operation/index.ts";
import * as Backup from "../backup/index.ts";
import * as Migrate from "../migrate/index.ts";
import * as Power from "../power/index.ts";
import * as Snapshot from "../snapshot/index.ts";
import * as Tag from "../tag/index.ts";
import type { Verb } from "../verb.ts";
import * as Vm from "../vm/index.ts";
import { effects } from "./effects.ts";

/**
 * By the kind of an operation, the verbs that make such; where there are several, the input tells which it was. That of
 * tags of one guest does not tell, and what deletes expired snapshots tries again by itself.
 */
export const verbs: Readonly<Record<string, readonly Verb[]>> = {
  "backup.create": [Backup.create],
  "backup.delete": [Backup.remove],
  "backup.prune": [Backup.prune],
  "backup.restore": [Backup.restoreBackup],
  "backup.update": [Backup.update],
  "bulk.backup": [Backup.bulk],
  "bulk.delete": [Vm.removeAll],
  "bulk.migrate": [Migrate.migrateAll],
  "bulk.power": [Power.bulk],
  "bulk.rollback": [Snapshot.rollBackMany],
  "bulk.snapshot": [Snapshot.bulk, Snapshot.bulkOfJob],
  "bulk.snapshot-delete": [Snapshot.bulkRemove],
  "bulk.tags": [Tag.bulk],
  "snapshot.create": [Snapshot.create],
  "snapshot.delete": [Snapshot.remove, Snapshot.removeMatching],
  "snapshot.rollback": [Snapshot.rollBackOne],
  "snapshot.update": [Snapshot.update],
  "vm.clone": [Vm.clone],
  "vm.cloud-init": [Vm.setCloudInit],
  "vm.config": [Vm.changeOf],
  "vm.create": [Vm.create],
  "vm.delete": [Vm.remove],
  "vm.from-template": [Vm.fromTemplate],
  "vm.migrate": [Migrate.migrate],
  "vm.move": [Vm.move],
  "vm.reboot": [Power.reboot],
  "vm.reset": [Power.reset],
  "vm.resize": [Vm.resize],
  "vm.resume": [Power.resume],
  "vm.shutdown": [Power.shutdown],
  "vm.start": [Power.start],
  "vm.stop": [Power.stop],
  "vm.suspend": [Power.suspend],
  "vm.template": [Vm.template],
};

/** Does the failed items of an operation again. */
export const retry = retrying({ verbs, effects });
