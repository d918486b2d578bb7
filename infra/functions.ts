import { linksOf, type Duty } from "./duties.ts";
import { esbuild } from "./esbuild.ts";
import { vpc } from "./network.ts";
import { queueLinks, queueSends } from "./queues.ts";
import { scheduleWrites, schedulesLink } from "./scheduler.ts";
import { adminKey, clustersLink, clusterWrites, keyPepper, sealingKey } from "./secrets.ts";
import { keyWrites, tableLinks, tableWrites } from "./tables.ts";

/** What every function has in common. */
export const settings = {
  runtime: "nodejs24.x",
  architecture: "arm64",
  memory: "512 MB",
  nodejs: { minify: true, esbuild },
  logging: { format: "json", retention: "1 month" },
} as const;

const LINKS: Readonly<Record<string, object>> = {
  ...tableLinks,
  ...queueLinks,
  KeyPepper: keyPepper,
  AdminKey: adminKey,
  SealingKey: sealingKey,
  Schedules: schedulesLink,
  Clusters: clustersLink,
};

export type Grants = {
  link: object[];
  permissions: (
    | typeof tableWrites
    | typeof keyWrites
    | typeof clusterWrites
    | typeof queueSends
    | (typeof scheduleWrites)[number]
  )[];
  vpc?: sst.aws.Vpc;
};

function linkOf(name: string): object {
  const link = LINKS[name];
  if (!link) throw new Error(`there is no link ${name}`);
  return link;
}

/** Links, rights and network of a function, derived from nothing but its duty. */
export function grantsFor(duty: Duty): Grants {
  const { effect, needs } = duty;
  return {
    link: linksOf(duty).map(linkOf),
    permissions: [
      ...(effect === "write" ? [tableWrites] : []),
      ...(needs.includes("admin-key") ? [keyWrites] : []),
      ...(effect === "write" && needs.includes("queue") ? [queueSends] : []),
      ...(effect === "write" && needs.includes("scheduler") ? scheduleWrites : []),
      ...(needs.includes("secrets") ? [clusterWrites] : []),
    ],
    ...(needs.includes("proxmox") ? { vpc } : {}),
  };
}
