import * as Operation from "../../../core/operation/index.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/operations/{operation}/items",
  summary: "The items of an operation",
  verb: Operation.items,
  status: 200,
});
