import { badInput } from "../lib/issues.ts";
import { listed } from "../lib/list.ts";
import { isOn, partsOf, type Options, type Texts } from "../proxmox/index.ts";
import { deviceOf } from "./cloud-init-input.ts";
import { decodeKeys, encodeKeys, shownKey } from "./cloud-init-key.ts";
import type { CloudInitChange } from "./cloud-init-change.ts";
import { parts, present } from "./create-field.ts";

type Address = NonNullable<CloudInitChange["networks"]>[number];

const addressOption = ({ ipv4, gateway4, ipv6, gateway6 }: Address) =>
  parts({
    ip: ipv4 ?? undefined,
    gw: gateway4 ?? undefined,
    ip6: ipv6 ?? undefined,
    gw6: gateway6 ?? undefined,
  }).join(",");

/** What is set, secrets apart, and what goes. */
interface Spelling {
  readonly open: Options;
  readonly secret: Options;
  readonly gone: readonly string[];
}

/** The keys as lines; those that are named by their fingerprints are found among the ones that are there. */
function keysOf(keys: NonNullable<CloudInitChange["sshKeys"]>, now: Texts): string[] {
  const known = decodeKeys(now["sshkeys"] ?? "");
  return keys.map((key, at) => {
    if (typeof key === "string") return key;
    const same = (line: string) => shownKey(line).fingerprint === key.fingerprint;
    // Lines that are no keys have no fingerprints, but each stays in its place.
    const line = [known[at], ...known].find((one) => one !== undefined && same(one));
    if (line !== undefined) return line;
    throw badInput([{ pointer: `/sshKeys/${at}`, code: "invalid", detail: "is no key that is there" }]);
  });
}

/** The options of network cards; undefined for a card that shall have none. A card of which nothing is said stays. */
function networkOptions(
  networks: CloudInitChange["networks"],
  now: Texts,
): Record<string, string | undefined> {
  if (networks === undefined) return {};
  const told = (networks ?? []).map((network, at) => ({ network, key: optionOf(deviceOf(network, at)) }));
  const kept = new Set(told.map(({ key }) => key));
  const others = Object.keys(now).filter((key) => /^ipconfig\d+$/.test(key) && !kept.has(key));
  const spoken = told.filter(({ network: { ipv4, gateway4, ipv6, gateway6 } }) =>
    [ipv4, gateway4, ipv6, gateway6].some((value) => value !== undefined),
  );
  return Object.fromEntries([
    ...others.map((key) => [key, undefined] as const),
    ...spoken.map(({ key, network }) => [key, addressOption(network) || undefined] as const),
  ]);
}

const optionOf = (device: string) => device.replace(/^net/, "ipconfig");

/** Each option with what is said of it: null, an empty text or an empty list take it away. */
function said(
  input: CloudInitChange,
  now: Texts,
): Readonly<Record<string, Options[string] | null | undefined>> {
  const { user, type, upgradePackages, dns, networks } = input;
  const { servers, searchDomain } = dns === null ? { servers: null, searchDomain: null } : (dns ?? {});
  const addresses = Object.entries(networkOptions(networks, now));
  return {
    ciuser: user,
    citype: type,
    ciupgrade: upgradePackages,
    nameserver: servers && servers.join(" "),
    searchdomain: searchDomain && listed(searchDomain).join(" "),
    ...Object.fromEntries(addresses.map(([key, option]) => [key, option ?? null])),
  };
}

/**
 * The options that say the same to Proxmox of a VM whose options are these now. What is left out is not among them; null
 * and an empty list take an option away that is there.
 */
export function cloudInitOptions(input: CloudInitChange, now: Texts = {}): Spelling {
  const { password, sshKeys } = input;
  const open = said(input, now);
  const secret = { cipassword: password, sshkeys: sshKeys && encodeKeys(keysOf(sshKeys, now)) };
  const gone = Object.entries({ ...open, ...secret }).flatMap(([key, value]) =>
    (value === null || value === "") && now[key] !== undefined ? [key] : [],
  );
  return { open: present(filled(open)), secret: present(filled(secret)), gone };
}

const filled = (options: Readonly<Record<string, Options[string] | null | undefined>>) =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, value === null || value === "" ? undefined : value]),
  );

/** What counts of an option, however it is spelled. */
function normal(key: string, text: string): string {
  if (key === "nameserver" || key === "searchdomain") return listed(text).join(" ");
  if (key === "sshkeys") return decodeKeys(text).join("\n");
  if (key === "ciupgrade") return String(isOn(text));
  if (!key.startsWith("ipconfig")) return text;
  return [...partsOf(text)]
    .map((pair) => pair.join("="))
    .toSorted()
    .join(",");
}

/** An option that is not written: Proxmox's own default. */
const DEFAULTS: Texts = { ciupgrade: "1" };

/** Options without those that are so already. Of a password nothing shows what it is. */
export const differing = (options: Options, now: Texts): Options =>
  Object.fromEntries(
    Object.entries(options).filter(([key, value]) => {
      const text = now[key] ?? DEFAULTS[key];
      const wanted = typeof value === "boolean" ? String(Number(value)) : String(value);
      return key === "cipassword" || text === undefined || normal(key, text) !== normal(key, wanted);
    }),
  );
