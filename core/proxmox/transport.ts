/** One request as it goes on the wire. `target` is path and query below /api2/json. */
export interface WireRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly target: string;
  readonly body?: string;
  readonly timeoutMs: number;
}

/** Proxmox's answer. `reason` is the HTTP reason phrase: older versions say what went wrong only there. */
export interface WireReply {
  readonly status: number;
  readonly reason: string;
  readonly body: string;
}

/** No answer came. `sent` says whether the request may have reached Proxmox. */
export class NoAnswer extends Error {
  readonly sent: boolean;

  constructor(message: string, sent: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = "NoAnswer";
    this.sent = sent;
  }
}

/** Carries requests to one cluster, with its credential; rejects with NoAnswer and nothing else. */
export type Transport = (request: WireRequest) => Promise<WireReply>;

/** How to reach a cluster. Fingerprints are SHA-256 of the certificate, in hex with or without colons. */
export interface Target {
  readonly cluster: string;
  readonly endpoints: readonly string[];
  readonly fingerprints: readonly string[];
  readonly token: string;
}
