import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { removeOption } from "../detach.ts";
import { resized } from "../disk.ts";
import {
  checkDigest,
  checkLock,
  guestOn,
  isTemplate,
  missingConfig,
  noun,
  withConfigLock,
  type Kind,
} from "../guest.ts";
import { configSchema } from "../config-values.ts";
import { died, invalid } from "../refusal.ts";
import { checkRootOptions } from "../root-options.ts";
import { schemaName } from "../validate/params.ts";
import type { Guest } from "../state.ts";
import { startTask } from "../task.ts";
import { disksOf, findVolume, hasFeature } from "../volume.ts";
import { driveText } from "../volume-name.ts";
import { atLeast, type World } from "../world.ts";
import { guestOf } from "./guests.ts";

/** Grows a disk; says whether anything changed. */
function grow(world: World, guest: Guest, option: string, wish: string): boolean {
  const value = guest.config[option];
  if (value?.includes("media=cdrom")) throw died("you can't resize a cdrom");
  const disk = disksOf(guest).find((one) => one.option === option);
  const volume = disk && findVolume(world, disk.volid, guest.node);
  if (!value || !volume) throw died(`disk '${option}' does not exist`);
  const size = resized(volume.size, wish);
  if (size < volume.size) throw died("shrinking disks is not supported");
  if (volume.format === "vmdk") throw died("can't resize this image format");
  const changed = size > volume.size;
  volume.size = size;
  const [volid = "", ...rest] = value.split(",");
  guest.config[option] = driveText(volid, rest, size);
  world.touch();
  return changed;
}

/** A task since 8.0; 7.4 answers null for VMs, and fails at once. */
const resize =
  (kind: Kind): Handler =>
  (call) => {
    const { world, node, params } = call;
    checkRootOptions(call);
    const vmid = params.number("vmid");
    const change = (): boolean => {
      const guest = guestOn(world, node, kind, vmid);
      if (!guest) throw died(missingConfig(node, kind, vmid));
      checkDigest(guest, params.optional("digest"));
      checkLock(guest);
      return grow(world, guest, params.text("disk"), params.text("size"));
    };
    if (kind === "qemu" && !atLeast(world, 8)) {
      change();
      return null;
    }
    return startTask(world, { node, type: "resize", id: String(vmid), user: signature(call.who) }, (task) =>
      withConfigLock(world, { kind, vmid, log: (line) => task.log(line) }, async () => {
        if (change()) task.log("Image resized.");
        await task.work("resize");
      }),
    );
  };

const baseName = (_: string, stem: string, rest: string) => `${stem === "vm" ? "base" : "basevol"}-${rest}`;

/** Turns a guest into a template; the disks in use become base volumes. The task of a container is not told. */
const template =
  (kind: Kind): Handler =>
  (call) => {
    const { world, node, params } = call;
    const guest = guestOf(call, kind);
    const word = noun(kind);
    checkLock(guest);
    if (isTemplate(guest)) throw died("you can't convert a template to a template");
    if (Object.keys(guest.snapshots).length > 0)
      throw died(`unable to create template, because ${word} contains snapshots`);
    if (guest.status === "running")
      throw died(`you can't convert a ${word} to template if ${word} is running`);
    const type = kind === "qemu" ? "qmtemplate" : "vztemplate";
    const spec = { node, type, id: params.text("vmid"), user: signature(call.who) };
    const upid = startTask(world, spec, async (task) => {
      await task.work("template");
      for (const { option, volid } of disksOf(guest)) {
        if (option.startsWith("unused")) continue;
        const base = volid.replace(/(vm|subvol)-(\d+-disk[^/]*)$/, baseName);
        const volume = findVolume(world, volid, node);
        if (!volume || !hasFeature(world, volid, "template")) continue;
        volume.volid = base;
        guest.config[option] = (guest.config[option] ?? "").replace(volid, base);
      }
      guest.config.template = "1";
      world.touch();
    });
    return kind === "qemu" ? upid : null;
  };

/** Takes disks out of the configuration; they stay as unused ones, or go when forced. */
function unlink(call: Call): null {
  const unknown = call.params
    .list("idlist")
    .find(
      (name) => !(schemaName(configSchema(call.world, "qemu"), name) in configSchema(call.world, "qemu")),
    );
  if (unknown) throw invalid({ delete: `unknown option '${unknown}'` });
  const guest = guestOf(call, "qemu");
  checkLock(guest);
  const how = { force: call.params.flag("force"), boot: true };
  for (const option of call.params.list("idlist")) removeOption(call.world, guest, option, how);
  call.world.touch();
  return null;
}

/** Commands to QEMU's monitor are not understood here; a stopped VM answers with an error in a success. */
function monitor(call: Call): string {
  const guest = guestOf(call, "qemu");
  return guest.status === "running" ? "" : `ERROR: VM ${guest.vmid} not running\n`;
}

/** A key for the VM: QEMU knows it or not. */
function sendKey(call: Call): null {
  checkRootOptions(call);
  const guest = guestOf(call, "qemu");
  checkLock(guest);
  if (guest.status !== "running") throw died(`VM ${guest.vmid} not running`);
  const key = call.params.text("key");
  if (!key.split("-").every((part) => KEY.test(part))) throw died(`invalid parameter: ${key}`);
  return null;
}

const KEY =
  /^(.|f\d+|0x[0-9a-f]+|ret|esc|tab|spc|up|down|left|right|home|end|pgup|pgdn|insert|delete|backspace|shift(_r)?|ctrl(_r)?|alt(_r)?|menu|meta_[lr]|caps_lock|num_lock|scroll_lock|sysrq|print|pause|minus|equal|comma|dot|slash|semicolon|apostrophe|backslash|bracket_(left|right)|kp_\w+)$/;

/** Growing, unlinking, and making templates. */
export const diskHandlers: Handlers = {
  "PUT /nodes/{node}/qemu/{vmid}/unlink": unlink,
  "PUT /nodes/{node}/qemu/{vmid}/sendkey": sendKey,
  "POST /nodes/{node}/qemu/{vmid}/monitor": monitor,
  "PUT /nodes/{node}/qemu/{vmid}/resize": resize("qemu"),
  "PUT /nodes/{node}/lxc/{vmid}/resize": resize("lxc"),
  "POST /nodes/{node}/qemu/{vmid}/template": template("qemu"),
  "POST /nodes/{node}/lxc/{vmid}/template": template("lxc"),
};
