import * as z from "zod";
import { VERSIONS } from "./facts/index.ts";
import { Storage, Volume } from "./storage-state.ts";
import { TaskExit } from "./task-exit.ts";

export type { Storage, Volume } from "./storage-state.ts";

/** Configuration as its file has it: every value is text. Lock, parent and the like have fields of their own. */
const Config = z.record(z.string(), z.string());
export type Config = z.infer<typeof Config>;

const Snapshot = z.object({
  config: Config,
  description: z.string().optional(),
  /** Seconds since the epoch. */
  snaptime: z.number(),
  parent: z.string().optional(),
  vmstate: z.boolean().optional(),
  /** Present while it is made or deleted, and for ever when that broke off. */
  snapstate: z.enum(["prepare", "delete"]).optional(),
});
export type Snapshot = z.infer<typeof Snapshot>;

const Guest = z.object({
  vmid: z.number(),
  kind: z.enum(["qemu", "lxc"]),
  node: z.string(),
  status: z.enum(["running", "stopped"]),
  paused: z.boolean().optional(),
  /** What QEMU says of a running VM in place of `running` or `paused`, such as `io-error`. */
  qmpstatus: z.string().optional(),
  /** What its agent, or Proxmox of a container, tells of its network in place of the usual. */
  interfaces: z.array(z.record(z.string(), z.unknown())).optional(),
  /** Does not react to a shutdown request. */
  deaf: z.boolean().optional(),
  /** Who may log in to a container as root, as its creation was told. */
  root: z.object({ password: z.string().optional(), keys: z.array(z.string()) }).optional(),
  /** Its file systems freeze for a snapshot and never answer again. */
  stuck: z.boolean().optional(),
  /** What its agent says instead, by command; one without a result does not answer. */
  agent: z.record(z.string(), z.object({ result: z.unknown().optional() })).optional(),
  /** Seconds since the epoch. */
  startedAt: z.number().optional(),
  stoppedAt: z.number().optional(),
  /** When it was made here; absent for guests of the fleet. */
  bornAt: z.number().optional(),
  pid: z.number().optional(),
  config: Config,
  snapshots: z.record(z.string(), Snapshot),
  /** The snapshot that the running state descends from. */
  parent: z.string().optional(),
  lock: z.string().optional(),
  /** What a running guest gets at its next start. */
  pending: Config.optional(),
  /** Options that it loses then. */
  dropped: z.array(z.string()).optional(),
});
export type Guest = z.infer<typeof Guest>;

const Node = z.object({
  name: z.string(),
  nodeid: z.number(),
  ip: z.string(),
  online: z.boolean(),
  /** HA has been told to empty it. */
  maintenance: z.boolean().optional(),
  /** Where it differs from that of the cluster: nodes are upgraded one by one. */
  version: z.enum(VERSIONS).optional(),
  /** Since when it is off the network: seconds since the epoch. */
  lostAt: z.number().optional(),
  cpus: z.number(),
  /** Bytes. */
  memory: z.number(),
  disk: z.number(),
  /** Seconds since the epoch. */
  bootedAt: z.number(),
  nextPid: z.number(),
  /** UPIDs, oldest first: the ring that /var/log/pve/tasks/index is. */
  tasks: z.array(z.string()),
});
export type Node = z.infer<typeof Node>;

const Task = z.object({
  upid: z.string(),
  node: z.string(),
  pid: z.number(),
  pstart: z.number(),
  starttime: z.number(),
  type: z.string(),
  id: z.string(),
  user: z.string(),
  tokenid: z.string().optional(),
  endtime: z.number().optional(),
  exitstatus: z.string().optional(),
  log: z.array(z.string()),
});
export type Task = z.infer<typeof Task>;

const Pool = z.object({
  poolid: z.string(),
  comment: z.string().optional(),
  vms: z.array(z.number()),
  storages: z.array(z.string()),
});
export type Pool = z.infer<typeof Pool>;

const Token = z.object({
  secret: z.string(),
  privsep: z.boolean(),
  expire: z.number(),
  comment: z.string().optional(),
});

const Acl = z.object({
  path: z.string(),
  type: z.enum(["user", "token", "group"]),
  ugid: z.string(),
  roleid: z.string(),
  propagate: z.boolean(),
});
export type Acl = z.infer<typeof Acl>;

/** Everything a cluster is, as JSON. */
export const State = z.object({
  version: z.enum(VERSIONS),
  cluster: z.string(),
  quorate: z.boolean(),
  /** The random generator's whole state. */
  random: z.number(),
  nodes: z.record(z.string(), Node),
  guests: z.record(z.string(), Guest),
  storages: z.record(z.string(), Storage),
  volumes: z.array(Volume),
  tasks: z.record(z.string(), Task),
  /** How the next tasks end that somebody wants to end so. */
  exits: z.array(TaskExit).optional(),
  pools: z.record(z.string(), Pool),
  /** Passwords by user id. */
  users: z.record(z.string(), z.object({ password: z.string().optional(), attributes: Config.optional() })),
  tokens: z.record(z.string(), Token),
  acls: z.array(Acl),
  /** Section files: HA resources, SDN zones and the like, by file, then by name. */
  sections: z.record(z.string(), z.record(z.string(), Config)),
});
export type State = z.infer<typeof State>;
