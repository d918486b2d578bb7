/** An answer that is not a success: its status, its reason phrase and, for 400, what is wrong with which parameter. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: Readonly<Record<string, string>> | undefined;
  /** No body and no content type: 401 (but for a wrong password), 595 and 596 are answered so. */
  readonly empty: boolean;

  constructor(status: number, reason: string, errors?: Readonly<Record<string, string>>) {
    super(reason);
    this.status = status;
    this.errors = errors;
    this.empty = (status === 401 && reason !== "authentication failure") || status >= 595;
  }
}

/** A refusal by the web server itself: plain text instead of JSON. */
export class PlainRefusal extends Refusal {}

/** Most of what Proxmox refuses is a 500 whose reason phrase is the text that its Perl code died with. */
export const died = (reason: string) => new Refusal(500, reason);

/** 400 with one text per parameter. */
export const invalid = (errors: Readonly<Record<string, string>>) =>
  new Refusal(400, "Parameter verification failed.", errors);

/** The connection broke: the caller sees no answer and cannot know what happened. */
export class ConnectionLost extends Error {
  readonly code: "ECONNRESET" | "ECONNREFUSED";

  constructor(code: "ECONNRESET" | "ECONNREFUSED" = "ECONNRESET") {
    super(code === "ECONNRESET" ? "socket hang up" : "connect ECONNREFUSED");
    this.code = code;
  }
}
