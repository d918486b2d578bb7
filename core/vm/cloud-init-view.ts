import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import { cloudInitDrive } from "./cloud-init-drive.ts";
import { CloudInitView, cloudInitOf } from "./config-cloud-init.ts";
import { isOn, toTexts } from "../proxmox/index.ts";

/** What cloud-init is told in a VM. Without a drive nothing of it reaches the guest. */
export const CloudInitShown = CloudInitView.extend({
  vm: z.string(),
  drive: z.string().nullable(),
  type: z.string().nullable(),
  upgradePackages: z.boolean(),
  digest: z.string(),
});

const NOTHING: z.infer<typeof CloudInitView> = {
  user: null,
  passwordSet: false,
  sshKeys: [],
  dns: { servers: [], searchDomain: null },
  networks: [],
};

/** The part of a configuration that is cloud-init's. Pure. */
export function shownOf(
  { id }: Pick<Guest, "id">,
  config: Readonly<Record<string, unknown>> & { readonly digest: string },
): z.infer<typeof CloudInitShown> {
  const texts = toTexts(config);
  return {
    ...(cloudInitOf(texts) ?? NOTHING),
    vm: id,
    drive: cloudInitDrive(config) ?? null,
    type: texts["citype"] ?? null,
    upgradePackages: isOn(texts["ciupgrade"], true),
    digest: config.digest,
  };
}
