import { expect, test } from "vitest";
import { sightIn } from "../../../core/proxmox/access.ts";

const AUDIT = { "VM.Audit": true };

test.each<[string, Parameters<typeof sightIn>[0], string]>([
  ["everything", [["/", AUDIT]], "all"],
  ["all guests", [["/vms", AUDIT]], "all"],
  ["one guest", [["/vms/101", AUDIT]], "some"],
  ["a pool", [["/pool/acme", AUDIT]], "some"],
  ["the root alone, not what is below", [["/", { "VM.Audit": false }]], "none"],
  [
    "nodes and storages",
    [
      ["/nodes", AUDIT],
      ["/storage", { "Datastore.Audit": true }],
    ],
    "none",
  ],
  ["guests that it may start and not see", [["/vms", { "VM.PowerMgmt": true }]], "none"],
  ["nothing", [], "none"],
])("B6: a token with rights on %s, %j, sees the guests: %s", (_, permissions, sight) => {
  expect(sightIn(permissions)).toBe(sight);
});
