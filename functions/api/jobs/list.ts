import * as Job from "../../../core/job/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/jobs",
  summary: "All jobs",
  verb: Job.list,
  status: 200,
});
