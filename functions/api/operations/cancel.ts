import * as Operation from "../../../core/operation/index.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/operations/{operation}/cancel",
  summary: "Cancel an operation; what runs finishes, or is stopped too",
  verb: Operation.cancel,
  status: 202,
  needs: [queue],
});
