/** What differs between stages and what is named after one; all else is the same everywhere. */
export const production = $app.stage === "production";

/**
 * How functions in the VPC reach the internet. One small instance per zone costs a fraction of a managed gateway,
 * and losing it loses no work: a message that cannot be handled stays in its queue. Busy fleets set "managed".
 */
export const nat: "ec2" | "managed" = "ec2";

/** Cluster secrets are SSM SecureStrings below this path, one per cluster. */
export const clustersPath = `/${$app.name}/${$app.stage}/clusters/`;

export const region = aws.getRegionOutput().region;
export const account = aws.getCallerIdentityOutput().accountId;
export const partition = aws.getPartitionOutput().partition;
