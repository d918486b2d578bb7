import { esbuild } from "./esbuild.ts";
import { vpc } from "./network.ts";
import { queueLinks, queueSends } from "./queues.ts";
import type { Effect, Need } from "./routes.ts";
import { scheduleWrites, schedulesLink } from "./scheduler.ts";
import { clustersLink, clusterWrites } from "./secrets.ts";
import { tableLinks, tableWrites } from "./tables.ts";

/** What every function has in common. */
export const settings = {
  runtime: "nodejs24.x",
  architecture: "arm64",
  memory: "512 MB",
  nodejs: { minify: true, esbuild },
  logging: { format: "json", retention: "1 month" },
} as const;

export type Grants = {
  link: object[];
  permissions: (
    | typeof tableWrites
    | typeof clusterWrites
    | typeof queueSends
    | (typeof scheduleWrites)[number]
  )[];
  vpc?: sst.aws.Vpc;
};

/** Links, rights and network of a function, derived from nothing but what it declares. */
export function grantsFor(effect: Effect, needs: readonly Need[]): Grants {
  const needsClusters = needs.includes("proxmox") || needs.includes("secrets");
  return {
    link: [
      ...tableLinks,
      ...(needs.includes("queue") ? queueLinks : []),
      ...(needs.includes("scheduler") ? [schedulesLink] : []),
      ...(needsClusters ? [clustersLink] : []),
    ],
    permissions: [
      ...(effect === "write" ? [tableWrites] : []),
      ...(effect === "write" && needs.includes("queue") ? [queueSends] : []),
      ...(effect === "write" && needs.includes("scheduler") ? scheduleWrites : []),
      ...(needs.includes("secrets") ? [clusterWrites] : []),
    ],
    ...(needs.includes("proxmox") ? { vpc } : {}),
  };
}
