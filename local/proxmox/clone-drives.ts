import type { Call } from "./call.ts";
import type { ClonePlan } from "./clone-plan.ts";
import type { Birth } from "./create.ts";
import { containerFormat, makeVolume, SMALL_DISK } from "./disk.ts";
import { died } from "./refusal.ts";
import type { Config, Volume } from "./state.ts";
import { defaultFormat, linkedClone, takesFormat } from "./storage-type.ts";
import type { TaskRun } from "./task.ts";
import { copiedDrives, findVolume, isCloudInit } from "./volume.ts";
import { cloudInitName, driveText, volumeName } from "./volume-name.ts";

/** The storage and the format of a copy: as asked, else like the source where that can be. */
function landing({ world, params }: Call, { kind }: Birth, source: Volume) {
  const name = params.optional("storage") ?? source.storage;
  const storage = world.state.storages[name];
  if (!storage) throw died(`storage '${name}' does not exist`);
  if (kind === "lxc") return { storage, format: containerFormat(storage) };
  const format = params.optional("format") ?? source.format;
  return { storage, format: takesFormat(storage, format) ? format : defaultFormat(storage) };
}

/** A whole copy. A copied TPM state is raw whatever is asked for, a cloud-init drive is made anew. */
function copyDrive(call: Call, { birth }: ClonePlan, option: string, source: Volume): string {
  const { storage, format } = landing(call, birth, source);
  const made = { storage, format: option.startsWith("tpmstate") ? "raw" : format, size: source.size };
  if (isCloudInit(source.volid)) {
    const volid = cloudInitName(storage, birth.vmid, format);
    return makeVolume(call.world, birth, { ...made, volid, size: SMALL_DISK }).volid;
  }
  const volid = volumeName(call.world, storage, birth, made.format);
  const volume = makeVolume(call.world, birth, { ...made, volid });
  volume.used = source.used;
  return volid;
}

/** A volume that stands on a base, whose name it carries where the storage knows of it. */
function linkDrive({ world }: Call, { birth }: ClonePlan, source: Volume): string {
  const storage = world.state.storages[source.storage];
  if (!storage) throw died(`storage '${source.storage}' does not exist`);
  const { format, namesBase } = linkedClone(storage, source.format);
  const own = volumeName(world, storage, birth, format);
  const volid = namesBase ? own.replace(":", `:${source.volid.split(":")[1] ?? ""}/`) : own;
  makeVolume(world, birth, { volid, storage, format, size: source.size }).used = 0;
  return volid;
}

/** Copies or links every drive and says how its option reads afterwards. */
export function cloneDrives(call: Call, plan: ClonePlan, task: TaskRun): Config {
  const { config, full } = plan;
  const drives = copiedDrives({ config }).map(({ option, volid }) => {
    const value = config[option] ?? "";
    const source = findVolume(call.world, volid, call.node) ?? lost(volid);
    const whole = full || isCloudInit(value);
    task.log(`create ${whole ? "full" : "linked"} clone of drive ${option} (${volid})`);
    const copy = whole ? copyDrive(call, plan, option, source) : linkDrive(call, plan, source);
    const size = findVolume(call.world, copy, call.node)?.size;
    return [option, driveText(copy, value.split(",").slice(1), size)] as const;
  });
  return Object.fromEntries(drives);
}

/** What is copied of a disk whose volume somebody removed. */
const lost = (volid: string): Volume => {
  const storage = volid.split(":")[0] ?? "";
  return { volid, storage, content: "images", format: "raw", size: 0, used: 0, ctime: 0 };
};
