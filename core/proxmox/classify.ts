/**
 * What an answer of Proxmox means for a write:
 * unsent: it did not happen; ambiguous: it may have; wait: something else holds the guest or storage;
 * moved: the guest is not there; permanent: it will never work; quorum: the cluster cannot write now;
 * credentials: the token is refused. Texts are those of docs/proxmox.md.
 */
export type Meaning = "unsent" | "ambiguous" | "wait" | "moved" | "permanent" | "quorum" | "credentials";

/** The same at the end of a task: by then it did happen, so nothing is unsent. */
export type Ended = "wait" | "moved" | "failed" | "unknown";

/**
 * The class of an error, by what is to be done: N not executed, A ambiguous, W wait, D done already, M moved,
 * P permanent, H a human has to look, U unknown, Q quorum lost while at work, 401.
 */
export type Class = "N" | "A" | "W" | "D" | "M" | "P" | "H" | "U" | "Q" | "401";

interface Rule {
  readonly class: Class;
  readonly text: RegExp;
  /** What it means as the answer to a request. */
  readonly meaning: Meaning;
  /** What it means as the exit status of a task. */
  readonly ended: Ended;
}

const rule = (kind: Class, text: RegExp, meaning: Meaning, ended: Ended): Rule => ({
  class: kind,
  text,
  meaning,
  ended,
});

/** The first that fits holds. D and H fail as they are: only who looks at the guest can say more. */
const RULES: readonly Rule[] = [
  rule("A", /\.active\.lock/, "ambiguous", "unknown"),
  rule("N", /got no worker upid|starting worker failed|unable to fork worker/, "unsent", "failed"),
  rule("N", /no quorum/, "quorum", "failed"),
  rule("Q", /'\/etc\/pve\/.*' - Permission denied/, "ambiguous", "unknown"),
  rule("H", /incomplete snapshot \(snapstate/, "permanent", "failed"),
  rule("W", /can't lock file|is locked \(|got lock request timeout|locked command timed out/, "wait", "wait"),
  rule("W", /migration lock/, "wait", "wait"),
  rule("W", /detected modified configuration|checksum mismatch \(file change/, "wait", "wait"),
  rule("M", /Configuration file '.*' does not exist|unable to find configuration file/, "moved", "moved"),
  rule("D", /already (?:used|running)$|^snapshot '.*' does not exist$/m, "permanent", "failed"),
  rule("N", /not running$|^VM is paused/m, "permanent", "failed"),
  // The guest has come to its new node, and something after that failed.
  rule("U", /migration (?:finished with )?problems/, "permanent", "unknown"),
  rule(
    "U",
    /^(?:unexpected status|interrupted by signal|received interrupt|job errors)$/m,
    "permanent",
    "unknown",
  ),
];

const PERMANENT: Pick<Rule, "class" | "meaning"> = { class: "P", meaning: "permanent" };

/** Statuses that settle it, whatever the text; 595 alone proves that the request got nowhere. */
function byStatus(status: number): Pick<Rule, "class" | "meaning"> | undefined {
  if (status === 401) return { class: "401", meaning: "credentials" };
  if (status === 595) return { class: "N", meaning: "unsent" };
  if (status >= 596 && status <= 599) return { class: "A", meaning: "ambiguous" };
  if (status === 502 || status === 503 || status === 504) return { class: "A", meaning: "ambiguous" };
  return status === 400 || status === 403 || status === 501 ? PERMANENT : undefined;
}

const byText = (text: string) => RULES.find((one) => one.text.test(text));

/** The class of an error status with its text. */
export const classOf = (status: number, text: string): Class =>
  (byStatus(status) ?? byText(text) ?? PERMANENT).class;

/** The meaning of an error status with its text. */
export const classify = (status: number, text: string): Meaning =>
  (byStatus(status) ?? byText(text) ?? PERMANENT).meaning;

/** The class of the exit status of a task that failed. */
export const classOfTask = (exit: string): Class => byText(exit)?.class ?? "P";

/** The meaning of the exit status of a task that failed. */
export const classifyTask = (exit: string): Ended => byText(exit)?.ended ?? "failed";
