/** Whether a rule goes by a tag. What protects counts in any case; what allows something, as it is. */
const isPolicyTag = (tag: string, ownerTag: string) =>
  tag === ownerTag || tag === "maint-ok" || tag.toLowerCase() === "always-on";

/** What of these tags the rules go by. */
export const policyTagsOf = (tags: readonly string[], ownerTag: string): string[] =>
  tags.filter((tag) => isPolicyTag(tag, ownerTag));

/**
 * What a guest's tags have to be once something has written its whole configuration: the tags that the rules go by are
 * those of before, the others those that are there `now`. Undefined where nothing has to change. Pure.
 */
export function keepPolicyTags(
  before: readonly string[],
  now: readonly string[],
  ownerTag: string,
): string[] | undefined {
  const kept = policyTagsOf(before, ownerTag);
  const wanted = new Set(kept);
  const found = new Set(policyTagsOf(now, ownerTag));
  if (wanted.size === found.size && kept.every((tag) => found.has(tag))) return undefined;
  return [...now.filter((tag) => !found.has(tag)), ...wanted];
}
