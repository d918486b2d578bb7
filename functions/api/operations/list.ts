import * as Job from "../../../core/job/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/operations",
  summary: "Operations, newest first",
  verb: Job.operations,
  status: 200,
});
