import * as Tag from "../../../../core/tag/index.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/tags/categories",
  summary: "The categories of tags",
  verb: Tag.getCategories,
  status: 200,
});
