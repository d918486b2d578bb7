import { isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import { isKey } from "./cloud-init-key.ts";
import { CloudInitView } from "./config-cloud-init.ts";

const isCidr = (text: string, isAddress: (text: string) => boolean, bits: number) => {
  const [, address = "", length = ""] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? [];
  return isAddress(address) && Number(length) <= bits;
};

const Ipv4 = z.string().refine(isIPv4, "must be an IPv4 address");
const Ipv6 = z.string().refine((text) => isIPv6(text) && !text.includes("%"), "must be an IPv6 address");
const Cidr4 = z.string().refine((text) => isCidr(text, isIPv4, 32), "must be dhcp or such as 10.0.0.31/24");
const Cidr6 = z
  .string()
  .refine((text) => isCidr(text, isIPv6, 128), "must be dhcp, auto or such as 2001:db8::31/64");
export const Server = z
  .string()
  .refine((text) => isIPv4(text) || (isIPv6(text) && !text.includes("%")), "must be an address");

/** The addresses of one network card. */
export const Addresses = {
  ipv4: z.union([z.literal("dhcp"), Cidr4]).optional(),
  gateway4: Ipv4.optional(),
  ipv6: z.union([z.literal(["dhcp", "auto"]), Cidr6]).optional(),
  gateway6: Ipv6.optional(),
};

/** The addresses of a network card as they are said; null says as little as nothing. */
type CloudInitChange = { readonly [Name in keyof typeof Addresses]?: string | null | undefined };

/** A gateway goes with an address of its own. */
export function checkGateways(
  { ipv4, gateway4, ipv6, gateway6 }: CloudInitChange,
  ctx: z.core.$RefinementCtx,
): void {
  const complain = (field: string, other: string) =>
    ctx.addIssue({ code: "custom", path: [field], message: `needs an address of its own in ${other}` });
  const told = (address: string | null | undefined) => !["", "dhcp", "auto"].includes(address ?? "");
  if (told(gateway4) && !told(ipv4)) complain("gateway4", "ipv4");
  if (told(gateway6) && !told(ipv6)) complain("gateway6", "ipv6");
}

const LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?";
const NAME = `${LABEL}(?:\\.${LABEL})*\\.?`;
const DOMAINS = new RegExp(`^${NAME}(?:[ ,;]+${NAME})*$`);
/** What is written in place of a secret: as a secret itself it can only be a mistake, or a repeat of what was shown. */
const REDACTED = "[redacted]";
const isWord = (text: string) => !/\p{Cc}/u.test(text);

/** A password of at least so many characters. */
export const Password = (least: number) =>
  z
    .string()
    .min(least)
    .max(1024)
    .refine(isWord, "must not hold control characters")
    .refine((text) => text !== REDACTED, "must be the password itself");

/** Public SSH keys, each as one line of `authorized_keys`. */
const SshKey = z
  .string()
  .max(16_384)
  .transform((key) => key.trim())
  .refine(isKey, "must be a public SSH key");
/** So many keys and servers are taken where no more are there already. */
export const MOST = { keys: 50, servers: 10 } as const;
export const SshKeys = z.array(SshKey).max(MOST.keys);

/** Where a guest asks for names. */
export const Dns = z.strictObject({
  servers: z.array(Server).max(MOST.servers).optional(),
  searchDomain: z
    .string()
    .max(1024)
    .regex(DOMAINS, "must be a domain, or several parted by blanks")
    .optional(),
});

/** A key, or one that is there already as it is shown: by its fingerprint. */
export const Key = z.union([SshKey, CloudInitView.shape.sshKeys.element.strict()]);

/** The card that addresses are of; where it is left out, the place in the list counts: the first is of net0. */
const Device = z.string().regex(/^net(?:\d|[12]\d|3[01])$/, "must be a network card such as net2");

type Address = z.ZodType<string | null | undefined>;

/** The networks of a VM, each with addresses by these schemas. */
export const networks = (addresses: Readonly<Record<keyof typeof Addresses, Address>>) =>
  z
    .array(z.strictObject({ device: Device.optional(), ...addresses }).superRefine(checkGateways))
    .max(32)
    .superRefine((all, ctx) => {
      const devices = all.map(deviceOf);
      const again = devices.findIndex((device, at) => devices.indexOf(device) < at);
      if (again < 0) return;
      const message = `${devices[again]} is told of twice`;
      ctx.addIssue({ code: "custom", path: [again, "device"], message });
    });

/** The card that an entry at this place is of. */
export const deviceOf = ({ device }: { readonly device?: string | undefined }, at: number) =>
  device ?? `net${at}`;

/**
 * What cloud-init is to do in a guest: what is left out stays, null and an empty list take away, and a list says all
 * that there is to be. Password and keys are secrets: they are kept and shown nowhere.
 */
export const CloudInit = z.strictObject({
  user: z
    .string()
    .regex(/^[a-z0-9_][\w.@$+-]{0,63}$/i, "must be the name of a user")
    .nullable()
    .optional(),
  password: Password(1).nullable().optional(),
  sshKeys: z.array(Key).max(MOST.keys).nullable().optional(),
  dns: z
    .strictObject({
      servers: Dns.shape.servers.nullable(),
      searchDomain: Dns.shape.searchDomain.nullable(),
    })
    .nullable()
    .optional(),
  networks: networks({
    ipv4: Addresses.ipv4.nullable(),
    gateway4: Addresses.gateway4.nullable(),
    ipv6: Addresses.ipv6.nullable(),
    gateway6: Addresses.gateway6.nullable(),
  })
    .nullable()
    .optional(),
  type: z.enum(["nocloud", "configdrive2", "opennebula"]).nullable().optional(),
  upgradePackages: z.boolean().optional(),
});
export type CloudInit = z.infer<typeof CloudInit>;
