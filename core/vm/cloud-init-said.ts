import * as z from "zod";
import { judgedLater, mostOf, orShown } from "../lib/judged.ts";
import { Addresses, CloudInit, Dns, Key, MOST, networks, Server } from "./cloud-init-input.ts";
import type { CloudInitShown } from "./cloud-init-view.ts";

const { user, password, sshKeys, dns, type, upgradePackages } = CloudInit.shape;

/** What is said of cloud-init before it is known what is shown of it. */
export const Unjudged = z
  .object({
    user: judgedLater(user),
    password: judgedLater(password),
    sshKeys: judgedLater(sshKeys),
    dns: judgedLater(dns),
    networks: judgedLater(CloudInit.shape.networks),
    type: judgedLater(type),
    upgradePackages: judgedLater(upgradePackages),
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
export const Said = (shown: Shown) =>
  z.object({
    user: orShown(user, shown.user).optional(),
    password,
    sshKeys: z.array(Key).max(mostOf(MOST.keys, shown.sshKeys)).nullable().optional(),
    dns: z
      .strictObject({
        servers: z
          .array(orShown(Server, ...shown.dns.servers))
          .max(mostOf(MOST.servers, shown.dns.servers))
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
export type Said = z.infer<ReturnType<typeof Said>>;
