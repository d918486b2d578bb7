export { Disk, disksIn, disksOf } from "./disks.ts";
export { diskNow, diskOf, drivesOf } from "./look.ts";
export { moving } from "./moving.ts";
export { AnyDiskName, DiskName } from "./name.ts";
