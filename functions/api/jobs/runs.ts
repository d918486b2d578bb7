import * as Job from "../../../core/job/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/jobs/{job}/runs",
  summary: "What a job has done, newest first",
  verb: Job.runs,
  status: 200,
});
