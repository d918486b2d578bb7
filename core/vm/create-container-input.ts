import * as z from "zod";
import { StorageId } from "../lib/field.ts";
import { Addresses, checkGateways, Dns, Password, SshKeys } from "./cloud-init-input.ts";
import { Bytes, MIB, Tags } from "./create-field.ts";
import { Count, Memory, NewGuest } from "./create-input.ts";
import { Card } from "./create-network.ts";

/** How a file system of a container is mounted. Its size is given: an empty one is made. */
const FileSystem = {
  storage: StorageId,
  sizeBytes: Bytes(MIB),
  acl: z.boolean().optional(),
  quota: z.boolean().optional(),
  replicate: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  mountOptions: z
    .array(z.enum(["discard", "lazytime", "noatime", "nodev", "noexec", "nosuid"]))
    .max(6)
    .optional(),
};

const RootFs = z.strictObject(FileSystem);
export type RootFs = z.infer<typeof RootFs>;

/** A further file system at a path of the container; it is backed up only where that is asked for. */
const MountPoint = z.strictObject({
  ...FileSystem,
  path: z
    .string()
    .max(255)
    .regex(/^(?:\/(?:\.?[\w@+-][\w.@+-]*|\.\.[\w.@+-]+))+$/, "must be an absolute path such as /srv/data"),
  backup: z.boolean().optional(),
});
export type MountPoint = z.infer<typeof MountPoint>;

/** A network card; without a name it is eth0, eth1 and so on. */
const Network = z
  .strictObject({
    ...Card,
    ...Addresses,
    name: z
      .string()
      .regex(/^[\w.-]{1,15}$/, "must be the name of an interface such as eth0")
      .optional(),
    mtu: z.number().int().min(64).max(65_535).optional(),
  })
  .superRefine(checkGateways);
export type Network = z.infer<typeof Network>;

/** What a container may do beyond its own. Proxmox lets root@pam alone, without a token, set any but `nesting`. */
const Features = z.strictObject({
  nesting: z.boolean().default(false),
  keyctl: z.boolean().default(false),
  fuse: z.boolean().default(false),
  mknod: z.boolean().default(false),
});

/** What is left out is Proxmox's own default; a node is chosen and the lowest free VMID taken. */
export const ContainerInput = z.strictObject({
  ...NewGuest,
  type: z.literal("lxc"),
  osTemplate: z
    .string()
    .max(255)
    .regex(
      /^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:vztmpl\/[^\s,:]+$/,
      "must be a template such as local:vztmpl/debian-12.tar.zst",
    ),
  /** `limit` is the share of host CPUs that may be used, `units` the weight against others. */
  cpu: z
    .strictObject({
      cores: Count(8192).optional(),
      limit: z.number().positive().max(8192).optional(),
      units: Count(500_000).optional(),
    })
    .default({}),
  memoryBytes: Memory,
  swapBytes: z.union([z.literal(0), Bytes(MIB)]).optional(),
  rootfs: RootFs,
  mountPoints: z.array(MountPoint).max(64).default([]),
  networks: z.array(Network).max(32).default([]),
  dns: Dns.optional(),
  /** Of root. */
  password: Password(5).optional(),
  sshKeys: SshKeys.optional(),
  unprivileged: z.boolean().default(true),
  features: Features.optional(),
  tags: Tags,
  protection: z.boolean().default(false),
});
export type ContainerInput = z.infer<typeof ContainerInput>;
