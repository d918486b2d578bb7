import * as System from "../../core/system/index.ts";
import { route } from "../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/health",
  summary: "That the service answers",
  verb: System.health,
  status: 200,
  open: true,
});
