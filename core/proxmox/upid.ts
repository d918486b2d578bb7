/** A Proxmox task id taken apart. `node` is where to ask for the task, even after its guest has moved away. */
export interface Upid {
  readonly text: string;
  readonly node: string;
  readonly startedAt: Date;
  readonly type: string;
  readonly id: string;
  readonly user: string;
}

const FORM =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):[0-9A-F]{8}:[0-9A-F]{8,9}:([0-9A-F]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/i;

/** Undefined for anything that is not exactly a UPID: the text becomes part of a path, so nothing else may pass. */
export function parseUpid(text: unknown): Upid | undefined {
  const match = typeof text === "string" ? FORM.exec(text) : null;
  if (!match || typeof text !== "string") return undefined;
  const [, node = "", started = "0", type = "", id = "", user = ""] = match;
  return { text, node, startedAt: new Date(Number.parseInt(started, 16) * 1000), type, id, user };
}
