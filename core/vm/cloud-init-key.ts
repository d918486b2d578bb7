import { createHash } from "node:crypto";

const TYPES = new Set([
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
]);
const FORM = /^(\S+) ([A-Za-z0-9+/]+={0,2})(?: ([^\p{Cc}]*))?$/u;

/** The parts of a public key as `~/.ssh/id_*.pub` has it; undefined when it is none. Its bytes begin with its type. */
function partsOf(key: string) {
  const [, type = "", body = "", comment = ""] = FORM.exec(key) ?? [];
  if (!TYPES.has(type)) return undefined;
  const bytes = Buffer.from(body, "base64");
  if (bytes.length < 4 + type.length + 4 || bytes.readUInt32BE(0) !== type.length) return undefined;
  return bytes.toString("latin1", 4, 4 + type.length) === type ? { type, bytes, comment } : undefined;
}

/** Whether a line is one public SSH key. */
export const isKey = (line: string) => partsOf(line) !== undefined;

/** A key as it may be shown: the fingerprint that `ssh-keygen -l` tells, and whose it is said to be. */
export function shownKey(key: string) {
  const parts = partsOf(key);
  if (!parts) return { type: "unknown", fingerprint: null, comment: "" };
  const hash = createHash("sha256").update(parts.bytes).digest("base64").replace(/=+$/, "");
  return { type: parts.type, fingerprint: `SHA256:${hash}`, comment: parts.comment };
}

/**
 * Keys as Proxmox keeps them: percent-encoded, whatever is no letter, digit, `-`, `.`, `_` or `~`. On the wire the form
 * encodes that text once more.
 */
export const encodeKeys = (keys: readonly string[]) =>
  encodeURIComponent(keys.join("\n")).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The keys of an option `sshkeys`; others may have written it, so what cannot be decoded stays as it is. */
export function decodeKeys(text: string): string[] {
  const lines = (plain: string) =>
    plain
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  try {
    return lines(decodeURIComponent(text));
  } catch {
    return lines(text);
  }
}
