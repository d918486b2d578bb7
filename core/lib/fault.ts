/** HTTP status of each kind of fault; `docs/errors.md` lists the codes. */
export const STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  method: 405,
  conflict: 409,
  precondition: 412,
  mismatch: 422,
  locked: 423,
  limited: 429,
  refused: 502,
  unreachable: 503,
  timeout: 504,
} as const;

export type FaultKind = keyof typeof STATUS;

/** One wrong field: a JSON pointer into the input, a code and a sentence. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** What Proxmox answered when it refused; never a token, a ticket or a password. */
export interface ProxmoxRefusal {
  readonly node?: string | undefined;
  readonly path: string;
  readonly status: number;
  readonly reason: string;
  readonly upid?: string | undefined;
}

interface Particulars {
  readonly errors?: readonly FieldError[];
  readonly proxmox?: ProxmoxRefusal;
  readonly retryAfterSeconds?: number;
  /** The methods that the path takes. */
  readonly allow?: readonly string[];
  /** Whether the same request may succeed later, where its kind says otherwise. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

const RETRYABLE: readonly FaultKind[] = ["limited", "locked", "unreachable", "timeout"];

/** The only error that a caller may see: `code` is `domain.reason`, `cause` is for the log alone. */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly code: string;
  readonly particulars: Particulars;

  constructor(kind: FaultKind, code: string, detail: string, particulars: Particulars = {}) {
    super(detail, { cause: particulars.cause });
    this.name = "Fault";
    this.kind = kind;
    this.code = code;
    this.particulars = particulars;
  }

  get status(): number {
    return STATUS[this.kind];
  }

  get retryable(): boolean {
    return this.particulars.retryable ?? RETRYABLE.includes(this.kind);
  }
}
