import { domainOf, importsOf } from "./imports.ts";
import type { Source } from "./sources.ts";

/** Which domains of core each domain imports. The kit at core's root is no domain: every domain hangs on it. */
export function domainGraph(sources: readonly Source[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const source of sources) {
    const from = domainOf(source.file);
    if (from === undefined) continue;
    const edges = graph.get(from) ?? new Set();
    graph.set(from, edges);
    for (const { to } of importsOf(source)) {
      const domain = domainOf(to);
      if (domain !== undefined && domain !== from) edges.add(domain);
    }
  }
  return graph;
}

/** The first circle that is found, as a path that ends where it began; undefined when there is none. */
export function cycle(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (domain: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(domain);
    if (at >= 0) return [...path.slice(at), domain];
    if (done.has(domain)) return undefined;
    for (const next of graph.get(domain) ?? []) {
      const found = visit(next, [...path, domain]);
      if (found) return found;
    }
    done.add(domain);
    return undefined;
  };
  for (const domain of graph.keys()) {
    const found = visit(domain, []);
    if (found) return found;
  }
  return undefined;
}
