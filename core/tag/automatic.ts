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

const said = (parts: readonly string[], rules: readonly Rule[]) =>
  rules.find(([pattern]) => parts.some((part) => pattern.test(part)))?.[1];

/**
 * The tags that a name implies, by its parts between hyphens: `acme-prod-web-1` is of client acme and in production.
 * Only whole parts count, so that `latest-box` is no test and `mastermind` no control plane.
 */
export function automaticTags(name: string | null): string[] {
  const parts = (name ?? "").toLowerCase().split("-");
  const [first = "", ...others] = parts;
  const speaks = said([first], ENVIRONMENTS) ?? said([first], ROLES);
  const isClient = others.length > 0 && speaks === undefined && /^[a-z0-9_][a-z0-9_+.]*$/.test(first);
  const client = isClient ? [`client-${first}`] : [];
  const tags = [...client, ...(said(parts, ENVIRONMENTS) ?? []), ...(said(parts, ROLES) ?? [])];
  return [...new Set(tags)];
}
