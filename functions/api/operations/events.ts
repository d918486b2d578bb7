import * as Operation from "../../../core/operation/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/operations/{operation}/events",
  summary: "What has happened to an operation since the event that was seen last",
  verb: Operation.events,
  status: 200,
  as: "events",
});
