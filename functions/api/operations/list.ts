import * as Operation from "../../../core/operation/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/operations",
  summary: "Operations, newest first",
  verb: Operation.list,
  status: 200,
});
