import { isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import { isKey } from "./cloud-init-key.ts";

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
const Server = z
  .string()
  .refine((text) => isIPv4(text) || (isIPv6(text) && !text.includes("%")), "must be an address");

/** The addresses of one network card. */
export const Addresses = {
  ipv4: z.union([z.literal("dhcp"), Cidr4]).optional(),
  gateway4: Ipv4.optional(),
  ipv6: z.union([z.literal(["dhcp", "auto"]), Cidr6]).optional(),
  gateway6: Ipv6.optional(),
};

/** A gateway goes with an address of its own. */
export function checkGateways(
  { ipv4, gateway4, ipv6, gateway6 }: z.infer<z.ZodObject<typeof Addresses>>,
  ctx: z.core.$RefinementCtx,
): void {
  const complain = (field: string, other: string) =>
    ctx.addIssue({ code: "custom", path: [field], message: `needs an address of its own in ${other}` });
  if (gateway4 !== undefined && (ipv4 === undefined || ipv4 === "dhcp")) complain("gateway4", "ipv4");
  if (gateway6 !== undefined && (ipv6 === undefined || ipv6 === "dhcp" || ipv6 === "auto"))
    complain("gateway6", "ipv6");
}

const DNS_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
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
export const SshKeys = z
  .array(
    z
      .string()
      .max(16_384)
      .transform((key) => key.trim())
      .refine(isKey, "must be a public SSH key"),
  )
  .max(50);

/** Where a guest asks for names. */
export const Dns = z.strictObject({
  servers: z.array(Server).max(10).optional(),
  searchDomain: z.string().max(253).regex(DNS_NAME, "must be a domain").optional(),
});

/** What cloud-init is to do in a guest. Password and keys are secrets: they are kept and shown nowhere. */
export const CloudInit = z.strictObject({
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, "must be the name of a user")
    .optional(),
  password: Password(1).optional(),
  sshKeys: SshKeys.optional(),
  dns: Dns.optional(),
  /** The first is of net0. */
  networks: z.array(z.strictObject(Addresses).superRefine(checkGateways)).max(32).optional(),
  type: z.enum(["nocloud", "configdrive2", "opennebula"]).optional(),
  upgradePackages: z.boolean().optional(),
});
export type CloudInit = z.infer<typeof CloudInit>;
