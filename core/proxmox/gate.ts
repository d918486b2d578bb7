import { GATES } from "./types/generated.ts";

interface Span {
  readonly since?: string;
  readonly until?: string;
}
interface Gate extends Span {
  readonly params?: Readonly<Record<string, Span>>;
}

const gates: Readonly<Record<string, Gate>> = GATES;

/** `8.4.21` and `8.4-1` are both 8.4. */
function minor(version: string): readonly [number, number] {
  const [, major = "0", rest = "0"] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return [Number(major), Number(rest)];
}

function compare(a: string, b: string): number {
  const [x, y] = [minor(a), minor(b)];
  return x[0] - y[0] || x[1] - y[1];
}

const within = ({ since, until }: Span, version: string) =>
  (since === undefined || compare(version, since) >= 0) &&
  (until === undefined || compare(version, until) <= 0);

const words = (name: string, { since, until }: Span) =>
  `${name} is there ${since === undefined ? "" : `from Proxmox VE ${since}`}${until === undefined ? "" : ` until ${until}`}`;

/** From when until when a parameter is there; `usb3` is one of many `usb[n]`. */
const spanOf = ({ params }: Gate, name: string): Span | undefined =>
  params?.[name] ?? params?.[name.replace(/\d+$/, "[n]")];

/** Whether a call, with these parameters, depends on the version at all. Most do not, and cost no question. */
export function isGated(endpoint: string, params: readonly string[] = []): boolean {
  const gate = gates[endpoint];
  if (!gate) return false;
  const whole = gate.since !== undefined || gate.until !== undefined;
  return whole || params.some((name) => spanOf(gate, name) !== undefined);
}

/** Why a version cannot do a call with these parameters; undefined when it can. */
export function unavailable(
  version: string,
  endpoint: string,
  params: readonly string[] = [],
): string | undefined {
  const gate = gates[endpoint];
  if (!gate) return undefined;
  if (!within(gate, version)) return `${words(endpoint, gate)}; this cluster has ${version}`;
  const name = params.find((one) => !within(spanOf(gate, one) ?? {}, version));
  return name === undefined
    ? undefined
    : `${words(name, spanOf(gate, name) ?? {})}; this cluster has ${version}`;
}
