import { spec } from "../../../../functions/api/jobs/create.ts";
import type { Lab } from "../../../kit/lab.ts";
import { Job } from "../../../kit/shape.ts";

export const NIGHTLY = {
  name: "nightly",
  kind: "snapshot",
  schedule: "30 2 * * *",
  timezone: "Europe/Berlin",
  select: { tags: "env-prod" },
  params: { name: "{vm}-{datetime}", ttl: "4h" },
};

/** A job that is made, with whatever differs from the nightly one. */
export async function made(stage: Lab, differences: Record<string, unknown> = {}) {
  const answer = await stage.call({ spec }, { body: { ...NIGHTLY, ...differences } });
  return Job.parse(answer.json);
}
