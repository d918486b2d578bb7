type Rule = readonly [RegExp, readonly string[]];

/** What a part of a name says of the guest; of each list the first that fits counts. */
const ENVIRONMENTS: readonly Rule[] = [
  [/^(?:prod|production)\d*$/, ["env-prod", "always-on"]],
  [/^(?:dev|devel|development)\d*$/, ["env-dev", "maint-ok"]],
  [/^(?:test|testing)\d*$/, ["env-test", "maint-ok"]],
  [/^(?:staging|stage)\d*$/, ["env-staging", "maint-ok"]],
];
const ROLES: readonly Rule[] = [
  [/^(?:cp|controlplane|master)\d*$/, ["k8s-controlplane", "always-on"]],
  [/^workers?\d*$/, ["k8s-worker"]],
];

/** Whether a guest with these tags has another one of the category that the first of the implied is of. */
function isSettled([first = ""]: readonly string[], tags: readonly string[]): boolean {
  const category = first.slice(0, first.indexOf("-") + 1);
  const there = tags.map((tag) => tag.toLowerCase());
  return !there.includes(first) && there.some((tag) => category !== "" && tag.startsWith(category));
}

const said = (parts: readonly string[], rules: readonly Rule[]) =>
  rules.find(([pattern]) => parts.some((part) => pattern.test(part)))?.[1];

/**
 * The tags that a name implies, by its parts between hyphens: `acme-prod-web-1` is of client acme and in production.
 * Only whole parts count, so that `latest-box` is no test and `mastermind` no control plane. Of a category of which the
 * guest has a tag already nothing is implied: who gave it knew better.
 */
export function automaticTags(name: string | null, tags: readonly string[] = []): string[] {
  const parts = (name ?? "").toLowerCase().split("-");
  const [first = "", ...others] = parts;
  const speaks = said([first], ENVIRONMENTS) ?? said([first], ROLES);
  const isClient = others.length > 0 && speaks === undefined && /^[a-z0-9_][a-z0-9_+.]*$/.test(first);
  const client = isClient ? [`client-${first}`] : [];
  const implied = [client, said(parts, ENVIRONMENTS) ?? [], said(parts, ROLES) ?? []];
  return [...new Set(implied.filter((wanted) => !isSettled(wanted, tags)).flat())];
}
