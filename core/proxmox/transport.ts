import type { Credential } from "./credential.ts";
import type { Upload } from "./upload.ts";

/** What sort of work a call is for Proxmox: it decides how long it may take and how many may run on a node at once. */
export type Kind = "list" | "read" | "write" | "agent" | "scan" | "upload";

/** One request as it goes on the wire. `target` is path and query below /api2/json. */
export interface WireRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly target: string;
  readonly body?: string;
  readonly upload?: Upload;
  readonly timeoutMs: number;
  readonly kind?: Kind;
  /** The node that will do it; spoken to directly where its endpoint is known. */
  readonly node?: string;
  /** In milliseconds: later than that it is not sent any more. */
  readonly before?: number;
}

/** Why a request that was to be sent before an instant is not sent at this one; undefined when it still may. */
export const tooLate = ({ before }: Pick<WireRequest, "before">, now: Date): NoAnswer | undefined =>
  before === undefined || now.getTime() < before
    ? undefined
    : new NoAnswer("what allowed it is too old by now; nothing was sent", false);

/** Proxmox's answer. `reason` is the HTTP reason phrase: older versions say what went wrong only there. */
export interface WireReply {
  readonly status: number;
  readonly reason: string;
  readonly body: string;
}

/** No answer came. `sent` says whether the request may have reached Proxmox; `mistrusted`, that the certificate is not the pinned one. */
export class NoAnswer extends Error {
  readonly sent: boolean;
  readonly mistrusted: boolean;

  constructor(message: string, sent: boolean, cause?: unknown, mistrusted = false) {
    super(message, { cause });
    this.name = "NoAnswer";
    this.sent = sent;
    this.mistrusted = mistrusted;
  }
}

/** Carries requests to one cluster, with its credential; rejects with NoAnswer and nothing else. */
export type Transport = (request: WireRequest) => Promise<WireReply>;

/** How to reach a cluster. Fingerprints are SHA-256 of the certificate, in hex with or without colons. */
export interface Target {
  readonly cluster: string;
  readonly endpoints: readonly string[];
  /** Any one of them will do, so that a certificate can be renewed without a gap. */
  readonly fingerprints: readonly string[];
  /** Pins of one endpoint alone, by its URL; there they stand in for `fingerprints`. */
  readonly pins?: Readonly<Record<string, readonly string[]>>;
  /** Certificates in PEM that vouch for the endpoints, in place of the public ones. With pins both have to hold. */
  readonly ca?: string;
  /** No certificate is looked at. Whoever registers a cluster so says it in the audit log. */
  readonly insecure?: boolean;
  /** The endpoint of each node that can be spoken to directly. */
  readonly nodes?: Readonly<Record<string, string>>;
  readonly credential: Credential;
}
