import * as z from "zod";
import { validatedLater, maxLength, orShown } from "../lib/late-validation.ts";
import { Addresses, CloudInit, Dns, Key, MOST, networks, Server } from "./cloud-init-input.ts";
import type { CloudInitShown } from "./cloud-init-view.ts";

const { user, password, sshKeys, dns, type, upgradePackages } = CloudInit.shape;

/** What is said of cloud-init before it is known what is shown of it. */
export const CloudInitBody = z
  .object({
    user: validatedLater(user),
    password: validatedLater(password),
    sshKeys: validatedLater(sshKeys),
    dns: validatedLater(dns),
    networks: validatedLater(CloudInit.shape.networks),
    type: validatedLater(type),
    upgradePackages: validatedLater(upgradePackages),
  })
  .partial();

type Shown = z.infer<typeof CloudInitShown>;
type Network = Shown["networks"][number];

const address = (
  strict: z.ZodType<string | undefined>,
  shown: Shown,
  name: Exclude<keyof Network, "device">,
) => orShown(strict.nullable(), ...shown.networks.map((network) => network[name])).optional();

/** What is said of cloud-init that is shown so: what is shown is taken back, whatever it is. */
export const CloudInitChange = (shown: Shown) =>
  z.object({
    user: orShown(user, shown.user).optional(),
    password,
    sshKeys: z.array(Key).max(maxLength(MOST.keys, shown.sshKeys)).nullable().optional(),
    dns: z
      .strictObject({
        servers: z
          .array(orShown(Server, ...shown.dns.servers))
          .max(maxLength(MOST.servers, shown.dns.servers))
          .nullable()
          .optional(),
        searchDomain: orShown(Dns.shape.searchDomain.nullable(), shown.dns.searchDomain).optional(),
      })
      .nullable()
      .optional(),
    networks: networks({
      ipv4: address(Addresses.ipv4, shown, "ipv4"),
      gateway4: address(Addresses.gateway4, shown, "gateway4"),
      ipv6: address(Addresses.ipv6, shown, "ipv6"),
      gateway6: address(Addresses.gateway6, shown, "gateway6"),
    })
      .nullable()
      .optional(),
    type: orShown(type, shown.type).optional(),
    upgradePackages,
  });
export type CloudInitChange = z.infer<ReturnType<typeof CloudInitChange>>;
