import * as Job from "../../../core/job/index.ts";
import { scheduler } from "../../http/needs/scheduler.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/jobs",
  summary: "Make a job that runs on a schedule",
  verb: Job.create,
  status: 201,
  needs: [scheduler],
});
