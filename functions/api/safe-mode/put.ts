import * as Policy from "../../../core/policy/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "PUT",
  path: "/v1/safe-mode",
  summary: "Change safe mode",
  verb: Policy.put,
  status: 200,
  ifMatch: true,
});
