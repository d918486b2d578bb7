import type { Guest } from "../inventory/index.ts";
import { categoryOf, SPECIAL, type Catalogue } from "./categories.ts";

/** A tag with the number of guests that carry it, in all and by cluster. */
export interface Usage {
  readonly tag: string;
  readonly category: string | null;
  readonly count: number;
  readonly clusters: Readonly<Record<string, number>>;
}

/** The tags of a guest, each once whatever its case. */
const own = (guest: Guest) => new Set(guest.tags.map((tag) => tag.toLowerCase()));

/** Every tag in use, in the order of the alphabet. Case is ignored, as selectors ignore it. */
export function usages(guests: readonly Guest[], known: Catalogue): Usage[] {
  const found = new Map<string, Record<string, number>>();
  for (const guest of guests)
    for (const tag of own(guest)) {
      const clusters = found.get(tag) ?? {};
      clusters[guest.cluster] = (clusters[guest.cluster] ?? 0) + 1;
      found.set(tag, clusters);
    }
  const rows = [...found].map(([tag, clusters]): Usage => {
    const count = Object.values(clusters).reduce((total, one) => total + one, 0);
    return { tag, category: categoryOf(tag, known), count, clusters };
  });
  return rows.toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** Every category with its tags in use and the guests that carry one of them; zeros tell that it is unused. */
export function categoryUsages(guests: readonly Guest[], known: Catalogue) {
  const tags = new Map<string, Set<string>>();
  const carriers = new Map<string, number>();
  for (const guest of guests) {
    const met = new Set<string>();
    for (const tag of own(guest)) {
      const category = categoryOf(tag, known);
      if (category === null) continue;
      tags.set(category, (tags.get(category) ?? new Set()).add(tag));
      met.add(category);
    }
    for (const category of met) carriers.set(category, (carriers.get(category) ?? 0) + 1);
  }
  return [...known.categories, SPECIAL].map((category) => ({
    category,
    tags: tags.get(category)?.size ?? 0,
    guests: carriers.get(category) ?? 0,
  }));
}
