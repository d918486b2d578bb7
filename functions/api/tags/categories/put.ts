import * as Tag from "../../../../core/tag/index.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "PUT",
  path: "/v1/tags/categories",
  summary: "Change the categories of tags",
  verb: Tag.putCategories,
  status: 200,
  ifMatch: true,
});
