export { MOVE } from "./action.ts";
export { Disk, disksOf, isCloudInit, localMounts } from "./disks.ts";
export { diskNow, diskOf, drivesOf } from "./look.ts";
export { moving } from "./moving.ts";
export { AnyDiskName, DiskName } from "./name.ts";
export { snapshotTexts, textsOfSnapshots } from "./snapshots.ts";
export { foreignDisk, foreignTo, ownerOf, volumesOf, type GuestVolume } from "./volumes.ts";
export { isOfFiles, isRawFile, supportsFormat, unsnapshotted, withFormats } from "./format.ts";
