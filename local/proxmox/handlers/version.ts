import type { Call, Handlers } from "../call.ts";
import type { Version } from "../facts/index.ts";
import { versionOn } from "../world.ts";

const RELEASES: Readonly<Record<Version, { version: string; release: string; repoid: string }>> = {
  "7.4": { version: "7.4-17", release: "7.4", repoid: "513c62be" },
  "8.4": { version: "8.4.14", release: "8.4", repoid: "b502d23c55afcba1" },
  "9.2": { version: "9.2.3", release: "9.2", repoid: "dc1de0e85a4a7d6a" },
};

export const releaseOf = (version: Version) => RELEASES[version];

const version = ({ world, node }: Call) => releaseOf(versionOn(world, node));

export const versionHandlers: Handlers = {
  "GET /version": version,
  "GET /nodes/{node}/version": version,
};
