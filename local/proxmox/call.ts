import type { Identity } from "./auth.ts";
import type { Endpoint } from "./facts/index.ts";
import type { Params } from "./params.ts";
import type { World } from "./world.ts";

/** One validated call, as its handler gets it. */
export interface Call {
  readonly world: World;
  readonly endpoint: Endpoint;
  readonly params: Params;
  readonly who: Identity;
  /** The node that works on it: the one in the path, else the one that was spoken to. */
  readonly node: string;
  /** The node that was spoken to. */
  readonly entry: string;
  /** The content of an uploaded file, one character per byte. */
  readonly upload: string | undefined;
  /** True when the caller has one of these privileges on a path. */
  readonly may: (path: string, ...privileges: string[]) => boolean;
}

/** Answers with what goes under `data`, or throws a Refusal. */
export type Handler = (call: Call) => unknown;

/** Handlers by "METHOD /path/{template}". */
export type Handlers = Readonly<Record<string, Handler>>;

/** An answer with more than `data`, such as the `total` of a list, or with a body of its own. */
export class Reply {
  readonly data: unknown;
  readonly extra: Readonly<Record<string, unknown>>;
  /** Sent as text/plain instead of JSON. */
  readonly text: string | undefined;

  constructor(data: unknown, extra: Readonly<Record<string, unknown>> = {}, text?: string) {
    this.data = data;
    this.extra = extra;
    this.text = text;
  }
}
