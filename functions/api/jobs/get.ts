import * as Job from "../../../core/job/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/jobs/{job}",
  summary: "One job with its next runs",
  verb: Job.get,
  status: 200,
});
