import * as Job from "../../../core/job/index.ts";
import { scheduler } from "../../http/needs/scheduler.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "DELETE",
  path: "/v1/jobs/{job}",
  summary: "Delete a job and its schedule",
  verb: Job.remove,
  status: 204,
  needs: [scheduler],
  ifMatch: true,
});
