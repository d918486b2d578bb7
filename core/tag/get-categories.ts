import * as z from "zod";
import { verb } from "../verb.ts";
import { catalogue, categoriesEtag } from "./categories.ts";

/** The categories with their version; `special` are the tags that the rules know. */
export const CategoriesView = z.object({
  categories: z.array(z.string()),
  special: z.array(z.string()),
  etag: z.string(),
});

/** Which parts before a hyphen make a category of tags. */
export const getCategories = verb({
  action: "tag.categories",
  effect: "read",
  input: z.strictObject({}),
  output: CategoriesView,
  async run(ctx) {
    const { categories, special } = await catalogue(ctx);
    return { categories: [...categories], special: [...special], etag: categoriesEtag(categories) };
  },
});
