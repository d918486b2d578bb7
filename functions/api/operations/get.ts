import * as Operation from "../../../core/operation/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/operations/{operation}",
  summary: "One operation with its progress",
  verb: Operation.get,
  status: 200,
});
