import * as System from "../../core/system/index.ts";
import { route } from "../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/version",
  summary: "Which version runs here",
  verb: System.version,
  status: 200,
});
