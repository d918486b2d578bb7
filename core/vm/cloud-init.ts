import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { find, type Guest } from "../inventory/index.ts";
import { ClusterId, Flag, StorageId, Vmid } from "../lib/field.ts";
import { badInput } from "../lib/issues.ts";
import { validated } from "../lib/late-validation.ts";
import { accept, Operation, planGuests, RateControl, toLimits, type GuestPlan } from "../operation/index.ts";
import { asFault, config, type Options, toTexts } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { ACTIONS } from "./actions.ts";
import { storagesOf } from "./clone-pool.ts";
import { cloudInitDrive } from "./cloud-init-drive.ts";
import { checkShown, ShownOnly } from "./cloud-init-shown.ts";
import { cloudInitOptions, differing } from "./cloud-init-options.ts";
import { driveObstacle } from "./cloud-init-place.ts";
import { CloudInitChange, CloudInitBody } from "./cloud-init-change.ts";
import { reach } from "./reach.ts";
import { CloudInitShown, shownOf } from "./cloud-init-view.ts";
import { sealedAlong } from "./secret.ts";

const ACTION = ACTIONS["cloud-init"];
const At = { cluster: ClusterId, vmid: Vmid };

const Input = z.strictObject({
  ...At,
  ...CloudInitBody.shape,
  ...ShownOnly.shape,
  /** Where its drive is made, should there be none yet. */
  storage: StorageId.optional(),
  override: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});
type Input = z.infer<typeof Input>;

/** What is asked for, apart from what is shown of it only. */
interface Asked {
  readonly shown: ShownOnly;
  readonly wanted: z.infer<typeof CloudInitBody>;
  readonly storage: string | undefined;
}

/** A VM's configuration, and the storage for a drive that is missing. */
interface Found {
  readonly config: Awaited<ReturnType<typeof configOf>>;
  readonly storage: string | undefined;
}

interface CloudInitPlan extends GuestPlan {
  readonly secret: Options;
}

async function configOf(ctx: Context, guest: Guest) {
  try {
    return await config(await Cluster.connect(ctx, guest.cluster), guest);
  } catch (error) {
    return asFault(error);
  }
}

function obstacle(guest: Guest): { code: string; because: string } | undefined {
  if (guest.type === "lxc")
    return { code: "vm.container", because: `${guest.id} is a container, which has no cloud-init` };
  return undefined;
}

/** What is to be set, or that it is so already. */
function proposal(guest: Guest, wanted: CloudInitChange, { config: now, storage }: Found) {
  const texts = toTexts(now);
  const spelled = cloudInitOptions(wanted, texts);
  const [open, secret] = [differing(spelled.open, texts), differing(spelled.secret, texts)];
  const names = [...Object.keys({ ...open, ...secret }), ...spelled.gone];
  if (names.length === 0) {
    const because = `cloud-init of ${guest.id} is told so already`;
    return { secret, proposal: { run: false as const, code: "config.same", because } };
  }
  const drive = cloudInitDrive(now) === undefined ? (storage ?? storagesOf(now)[0] ?? null) : null;
  const detail = { set: open, remove: spelled.gone, drive, secret: Object.keys(secret).length > 0 };
  const because = `${names.join(", ")} of ${guest.id}`;
  return { secret, proposal: { run: true as const, because, detail } };
}

async function proposed(ctx: Context, guest: Guest, { shown, wanted, storage }: Asked) {
  const problem = obstacle(guest);
  if (problem) return { secret: {}, proposal: { run: false as const, ...problem } };
  const now = await configOf(ctx, guest);
  const lack = await driveObstacle(ctx, guest, { config: now, storage });
  if (lack) return { secret: {}, proposal: { run: false as const, ...lack } };
  const view = shownOf(guest, now);
  checkShown(shown, view);
  return proposal(guest, validated(CloudInitChange(view), wanted), { config: now, storage });
}

async function plan(ctx: Context, input: Input): Promise<CloudInitPlan> {
  const { cluster: _, vmid: __, storage, override, lockWait: ___, deadline: ____, ...body } = input;
  const { vm, drive, passwordSet, digest, ...wanted } = body;
  const shown = { vm, drive, passwordSet, digest };
  if (Object.values(body).every((value) => value === undefined))
    throw badInput([{ pointer: "", code: "invalid", detail: "names nothing that could be set" }]);
  const guest = await find(ctx, input.cluster, input.vmid, true);
  const { secret, proposal: what } = await proposed(ctx, guest, { shown, wanted, storage });
  const intent = { kind: ACTION.name, action: ACTION, bulk: false, override, propose: () => what };
  const planned = await planGuests(ctx, intent, { guests: [guest], absent: [], others: [] });
  return { ...planned, secret };
}

const target = (input: { cluster: string; vmid: number }) => `${input.cluster}/${input.vmid}`;

/** Sets what is named of a VM's cloud-init and writes its drive anew; what is not named stays. */
export const setCloudInit = verb<typeof Input, typeof Operation, CloudInitPlan>({
  action: ACTION.name,
  effect: "write",
  tracked: true,
  single: true,
  input: Input,
  output: Operation,
  target,
  plan,
  run: (ctx, input, { tasks, secret }) =>
    accept(ctx, {
      kind: ACTION.name,
      action: ACTION,
      tasks,
      target: target(input),
      input,
      bulk: false,
      override: input.override,
      limits: toLimits(input, 1),
      ...sealedAlong(ctx, secret, input.deadline),
    }),
});

/** What cloud-init is told in a VM, as Proxmox has it now. */
export const getCloudInit = verb({
  action: "vm.cloud-init.get",
  effect: "read",
  input: z.strictObject({ ...At, fresh: Flag.default(false) }),
  output: CloudInitShown,
  run: async (ctx, input) => {
    const { guest, value } = await reach(ctx, input, (proxmox, found) => config(proxmox, found));
    return shownOf(guest, value);
  },
});
