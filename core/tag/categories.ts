import * as z from "zod";
import type { World } from "../context.ts";
import { canonical, sha256 } from "../lib/canonical.ts";
import { safeMode } from "../policy/index.ts";

/** The tags that the rules know, beside the owner tag, which safe mode names. */
const RULED = ["always-on", "maint-ok"];

/** The category of tags that mean something to the rules. */
export const SPECIAL = "special";

const Category = z
  .string()
  .max(40)
  .regex(
    /^[a-z0-9_](?:[a-z0-9_+.-]*[a-z0-9_+.])?$/,
    "must be the part of a tag before a hyphen, in lower case",
  )
  .refine((name) => name !== SPECIAL, "is the name of the rules' own tags");

/** The categories that may be named, each once. */
export const Categories = z
  .array(Category)
  .max(50)
  .refine((names) => new Set(names).size === names.length, "names a category twice");

const Row = z.object({ categories: Categories });
type Row = z.infer<typeof Row>;

const KEY = { pk: "tags", sk: "categories" };
const DEFAULT: Row = { categories: ["client", "env", "k8s", "location", "criticality"] };

/** Which tags belong together: `env-prod` is of category `env`. */
export interface Catalogue {
  readonly categories: readonly string[];
  /** Tags of the category `special`. */
  readonly special: readonly string[];
}

async function load(world: Pick<World, "store">): Promise<Row> {
  const row = await world.store.get("State", KEY);
  return row ? Row.parse(row) : DEFAULT;
}

/** The categories in force; until somebody names others they are those of the original. */
export async function catalogue(world: Pick<World, "store">): Promise<Catalogue> {
  const [{ categories }, { ownerTag }] = await Promise.all([load(world), safeMode(world)]);
  return { categories, special: [ownerTag, ...RULED] };
}

/** Replaces the categories, if they are still what they were; a LostRace tells that they are not. */
export async function replaceCategories(
  world: Pick<World, "store">,
  from: readonly string[],
  to: readonly string[],
): Promise<void> {
  const kept = await world.store.get("State", KEY);
  const when = kept ? { equals: { version: categoriesEtag(from) } } : { exists: false };
  const put = { ...KEY, categories: [...to], version: categoriesEtag(to) };
  await world.store.write([{ table: "State", put, when }]);
}

/** The version of the categories, for If-Match. */
export const categoriesEtag = (categories: readonly string[]) => sha256(canonical(categories)).slice(0, 16);

/** The category of a tag; of several that fit, the longest. Null when none does. */
export function categoryOf(tag: string, { categories, special }: Catalogue): string | null {
  const name = tag.toLowerCase();
  if (special.includes(name)) return SPECIAL;
  const fitting = categories.filter((one) => name.startsWith(`${one}-`) && name.length > one.length + 1);
  return fitting.toSorted((a, b) => b.length - a.length)[0] ?? null;
}
