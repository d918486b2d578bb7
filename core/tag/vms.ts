import * as z from "zod";
import { Guest, readAll } from "../inventory/index.ts";
import { Flag } from "../lib/field.ts";
import { Page, PageInput, pageByKey } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { CarriedTag } from "./tag.ts";

/** The guests that carry a tag, in whatever case; nobody carrying it is an empty list. */
export const vms = verb({
  action: "tag.vms",
  effect: "read",
  input: z.strictObject({ ...PageInput, tag: CarriedTag, fresh: Flag.default(false) }),
  output: Page(Guest),
  async run(ctx, input) {
    const { guests, asOf, partial, warnings } = await readAll(ctx, { fresh: input.fresh });
    const wanted = input.tag.toLowerCase();
    const found = guests.filter(({ tags }) => tags.some((tag) => tag.toLowerCase() === wanted));
    const page = pageByKey(
      found.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      ({ id }) => id,
      input,
    );
    return { ...page, asOf, partial, warnings: [...warnings] };
  },
});
