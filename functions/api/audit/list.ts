import * as Audit from "../../../core/audit/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/audit",
  summary: "Who did what to what, refusals too, newest first",
  verb: Audit.list,
  status: 200,
});
