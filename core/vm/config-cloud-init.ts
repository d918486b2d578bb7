import * as z from "zod";
import { listed } from "../lib/list.ts";
import { decodeKeys, shownKey } from "./cloud-init-key.ts";
import { partsOf, type Texts } from "../proxmox/index.ts";

/** What cloud-init is told, without its secrets: keys by their fingerprints, and of a password only that there is one. */
export const CloudInitView = z.object({
  user: z.string().nullable(),
  passwordSet: z.boolean(),
  sshKeys: z.array(z.object({ type: z.string(), fingerprint: z.string().nullable(), comment: z.string() })),
  /** Several search domains are parted by blanks. */
  dns: z.object({ servers: z.array(z.string()), searchDomain: z.string().nullable() }),
  networks: z.array(
    z.object({
      /** The card that this is of, such as net2. */
      device: z.string(),
      ipv4: z.string().nullable(),
      gateway4: z.string().nullable(),
      ipv6: z.string().nullable(),
      gateway6: z.string().nullable(),
    }),
  ),
});
type CloudInitView = z.infer<typeof CloudInitView>;

/** The keys of a configuration that are cloud-init's own. */
export const isCloudInit = (key: string) =>
  /^(?:ciuser|cipassword|citype|ciupgrade|cicustom|sshkeys|nameserver|searchdomain|ipconfig\d+)$/.test(key);

const ADDRESSES = /^ipconfig(?=\d+$)/;

function addressOf([key, text]: [string, string]): CloudInitView["networks"][number] {
  const parts = partsOf(text);
  const of = (name: string) => parts.get(name) ?? null;
  return {
    device: key.replace(ADDRESSES, "net"),
    ipv4: of("ip"),
    gateway4: of("gw"),
    ipv6: of("ip6"),
    gateway6: of("gw6"),
  };
}

/** What cloud-init would do in a VM; null where nothing is said. */
export function cloudInitOf(texts: Texts): CloudInitView | null {
  const networks = Object.entries(texts).filter(([key]) => ADDRESSES.test(key));
  if (!Object.keys(texts).some(isCloudInit)) return null;
  return {
    user: texts["ciuser"] ?? null,
    passwordSet: texts["cipassword"] !== undefined,
    sshKeys: decodeKeys(texts["sshkeys"] ?? "").map(shownKey),
    dns: {
      servers: listed(texts["nameserver"]),
      searchDomain: listed(texts["searchdomain"]).join(" ") || null,
    },
    networks: networks.toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true })).map(addressOf),
  };
}
