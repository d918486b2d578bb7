/**
 * What an answer of Proxmox means for a write:
 * unsent: it did not happen; ambiguous: it may have; wait: something else holds the guest or storage;
 * moved: the guest is not there; permanent: it will never work; quorum: the cluster cannot write now;
 * credentials: the token is refused. Texts are those of docs/proxmox.md.
 */
export type Meaning = "unsent" | "ambiguous" | "wait" | "moved" | "permanent" | "quorum" | "credentials";

const TEXTS: readonly (readonly [RegExp, Meaning])[] = [
  [/\.active\.lock/, "ambiguous"],
  [/got no worker upid|starting worker failed|unable to fork worker/, "unsent"],
  [/no quorum/, "quorum"],
  [/can't lock file|is locked \(|got lock request timeout|locked command timed out|migration lock/, "wait"],
  [/detected modified configuration|checksum mismatch/, "wait"],
  [/Configuration file '.*' does not exist|unable to find configuration file/, "moved"],
];

/** The meaning of an error status with its text. */
export function classify(status: number, text: string): Meaning {
  if (status === 401) return "credentials";
  if (status === 595) return "unsent";
  if (status >= 596 && status <= 599) return "ambiguous";
  if (status === 502 || status === 503 || status === 504) return "ambiguous";
  if (status === 400 || status === 403 || status === 501) return "permanent";
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? "permanent";
}

/** The same for the exit status of a task that failed: by then it did happen, so nothing is unsent. */
export function classifyTask(exit: string): "wait" | "moved" | "failed" | "unknown" {
  if (/^(unexpected status|interrupted by signal|received interrupt|job errors)$/.test(exit))
    return "unknown";
  const meaning = TEXTS.find(([pattern]) => pattern.test(exit))?.[1];
  return meaning === "wait" || meaning === "moved" ? meaning : "failed";
}
