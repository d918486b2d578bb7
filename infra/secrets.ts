import { account, clustersPath, partition, region } from "./stage.ts";

/** Keyed hash of API keys: whoever reads the tables alone cannot test a key. */
export const keyPepper = new sst.Secret("KeyPepper");

/** What passwords and keys for guests are sealed with between the route that takes them and the worker that hands them on. */
export const sealingKey = new sst.Secret("SealingKey");

/** The first administrator's key; cron/reconcile plants it, no route ever sees it. */
export const adminKey = new sst.Secret("AdminKey");

// The account's own key for SSM decrypts SecureStrings; it needs no grant of ours.
const clusterSecrets = [$interpolate`arn:${partition}:ssm:${region}:${account}:parameter${clustersPath}*`];

/** What a function gets that talks to Proxmox, or keeps its secrets. */
export const clustersLink = new sst.Linkable("Clusters", {
  properties: { path: clustersPath },
  include: [sst.aws.permission({ actions: ["ssm:GetParameter"], resources: clusterSecrets })],
});

/** What only a function gets that registers, rotates or removes a cluster. */
export const clusterWrites = {
  actions: ["ssm:PutParameter", "ssm:DeleteParameter"],
  resources: clusterSecrets,
};
