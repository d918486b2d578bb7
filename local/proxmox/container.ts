import type { Call } from "./call.ts";
import { wishesOf } from "./disk.ts";
import { requirePrivilege } from "./permission.ts";
import { died, invalid, Refusal } from "./refusal.ts";
import type { Config, Guest } from "./state.ts";
import { atLeast } from "./world.ts";

/** How a task that could not make a container begins its last line. */
export const FAILED = (vmid: number) => `unable to create CT ${vmid} -`;

const SYSTEMS = "debian devuan ubuntu centos fedora opensuse archlinux alpine gentoo nixos".split(" ");

/** What Proxmox finds of the system that a template holds; here its name tells. */
export function systemOf(template: string): Config {
  const found = SYSTEMS.find((name) => template.includes(`/${name}`));
  return { ostype: found ?? "unmanaged" };
}

const isUnprivileged = ({ world, params }: Call) =>
  params.has("unprivileged") ? params.flag("unprivileged") : atLeast(world, 9);

/** A template is a volume, of the kind that templates are. */
function checkTemplate(call: Call, template: string): void {
  const [storage = "", name] = template.split(":");
  if (name === undefined)
    throw died("Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 562.");
  if (!call.world.state.storages[storage]) throw died(`storage '${storage}' does not exist`);
  if (!name.startsWith("vztmpl/"))
    throw died(`unable to use volume ${template} - content type needs to be 'vztmpl'`);
  requirePrivilege(call, `/storage/${storage}`, ["Datastore.AllocateSpace", "Datastore.Audit"]);
}

/** Keys of a container come as they are, one a line. */
function checkKeys(keys: string | undefined): void {
  const lines = (keys ?? "").split("\n").filter((line) => line.trim() !== "");
  if (lines.some((line) => !/^\S+ [A-Za-z0-9+/]{40,}={0,2}( |$)/.test(line)))
    throw died("SSH public key validation error");
}

/** What is for root alone, without a token: features beside nesting, any of a privileged one, the host's devices. */
function checkRoot({ who }: Call, config: Config, unprivileged: boolean): void {
  if (who.user === "root@pam" && !who.token) return;
  const only = (what: string) =>
    new Refusal(403, `Permission check failed (${what} is only allowed for root@pam)`);
  if (config.features !== undefined && !unprivileged)
    throw only("changing feature flags for privileged container");
  if (config.features !== undefined && config.features !== "nesting=1")
    throw only("changing feature flags (except nesting)");
  if (Object.keys(config).some((name) => /^dev\d+$/.test(name))) throw only("configuring device passthrough");
}

/** What is refused at once of a new container. */
export function checkContainer(call: Call, config: Config): void {
  const { world, params } = call;
  const unprivileged = isUnprivileged(call);
  if (atLeast(world, 9) && !unprivileged) requirePrivilege(call, "/", ["Sys.Modify"]);
  checkKeys(params.optional("ssh-public-keys"));
  checkRoot(call, config, unprivileged);
  checkTemplate(call, params.text("ostemplate"));
  if (Object.keys(config).some((name) => /^mp\d+$/.test(name)) && !params.has("rootfs"))
    throw died("mount points configured, but 'rootfs' not set - aborting");
  for (const { storage } of wishesOf(world, config, call.node))
    if (!storage.content.includes("rootdir"))
      throw invalid({ storage: `storage '${storage.storage}' does not support container directories` });
}

/** What is written last: who may log in, and what nobody asked for. */
export function furnish(guest: Guest, call: Call): void {
  const { params } = call;
  const { unprivileged: _, ...config } = guest.config;
  const defaults = { hostname: `CT${guest.vmid}`, memory: "512", swap: "512" };
  guest.config = { ...defaults, ...config, ...(isUnprivileged(call) ? { unprivileged: "1" } : {}) };
  const keys = (params.optional("ssh-public-keys") ?? "").split("\n").filter((line) => line !== "");
  guest.root = { password: params.optional("password"), keys };
}
