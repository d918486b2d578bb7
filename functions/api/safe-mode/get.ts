import * as Policy from "../../../core/policy/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/safe-mode",
  summary: "What safe mode demands",
  verb: Policy.get,
  status: 200,
});
