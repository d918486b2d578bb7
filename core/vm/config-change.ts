import * as z from "zod";
import { Fault } from "../lib/fault.ts";
import { badInput } from "../lib/issues.ts";
import { validated } from "../lib/late-validation.ts";
import { unmarked } from "../lib/marker.ts";
import { pathOf, single, type Effect, type GuestLook, type ItemRow } from "../operation/index.ts";
import {
  changeConfig,
  isStale,
  pending,
  type PendingRow,
  type Proxmox,
  type Texts,
  textsOf,
} from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { ConfigChange } from "./config-fields.ts";
import { complaintsOf, ConfigInput, saysNothing } from "./config-input.ts";
import { changesOf } from "./config-text.ts";
import { toConfigView } from "./config-view.ts";

const Values = z.record(z.string(), z.string().nullable());
/** What a plan says of a change: the keys of Proxmox with their new values and those before; null for none. */
const Detail = z.object({ to: Values, from: Values, digest: z.string().exactOptional() });

const digestOf = (rows: readonly PendingRow[]) => rows.find(({ key }) => key === "digest")?.value ?? "";
/** A value apart from what does not count: the line by which Moxxie knows its guests, and line breaks at the end. */
const plain = (key: string, value: string) => (key === "description" ? unmarked(value) : value);
const pick = (now: Texts, keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, now[key] === undefined ? null : plain(key, now[key])]));

/** Changes what it names of the configuration of one guest. */
export const changeOf = single({
  action: ACTIONS.config,
  input: ConfigInput,
  async propose({ guest, proxmox }, input) {
    if (saysNothing(input))
      throw badInput([{ pointer: "", code: "invalid", detail: "names nothing that is to be changed" }]);
    const rows = await pending(proxmox, guest);
    if (input.etag !== undefined && input.etag !== digestOf(rows)) {
      const detail = `The configuration of ${guest.id} is not the version that If-Match names; read it again.`;
      throw new Fault("precondition", "config.changed", detail);
    }
    const now = textsOf(rows);
    const shown = { id: guest.id, ...toConfigView(rows, guest.type) };
    const said = validated(ConfigChange(shown), input);
    const wrong = complaintsOf({ input, said }, shown, guest.type);
    if (wrong.length > 0) throw badInput(wrong);
    const to = changesOf(said, { texts: now, shown, type: guest.type });
    const keys = Object.keys(to);
    if (keys.length === 0) return { run: false, code: "config.same", because: `${guest.id} is so already` };
    return { run: true, because: `changes ${keys.join(", ")}`, detail: { to, from: pick(now, keys) } };
  },
});

const same = (key: string, a: string | null, b: string | null) => plain(key, a ?? "") === plain(key, b ?? "");
const matches = (now: Texts, wanted: z.infer<typeof Values>) =>
  Object.entries(wanted).every(([key, value]) => same(key, now[key] ?? null, value));

const look = async (proxmox: Proxmox, item: ItemRow) => pending(proxmox, pathOf(item));

/** The digest to write under. Others may have changed anything but what this changes. */
async function prepare(item: ItemRow, look: GuestLook): Promise<{ digest: string }> {
  const { to, from } = Detail.parse(item.detail);
  const rows = await look.pending();
  const now = textsOf(rows);
  const touched = Object.keys(to).filter((key) => {
    const value = now[key] ?? null;
    return !same(key, value, from[key] ?? null) && !same(key, value, to[key] ?? null);
  });
  if (touched.length === 0) return { digest: digestOf(rows) };
  const detail = `somebody else has changed ${touched.join(", ")} of ${item.vm.id} in the meantime`;
  throw new Fault("conflict", "config.changed", detail);
}

function toProxmox(to: z.infer<typeof Values>) {
  const set = new Map(Object.entries(to).filter((entry): entry is [string, string] => entry[1] !== null));
  const number = (key: string) => (set.has(key) ? Number(set.get(key)) : undefined);
  const flag = (key: string) => (set.has(key) ? set.get(key) === "1" : undefined);
  const gone = Object.keys(to).filter((key) => to[key] === null);
  return {
    name: set.get("name") ?? set.get("hostname"),
    description: set.get("description"),
    cpu: set.get("cpu"),
    sockets: number("sockets"),
    cores: number("cores"),
    cpulimit: number("cpulimit"),
    cpuunits: number("cpuunits"),
    memory: number("memory"),
    balloon: number("balloon"),
    agent: set.get("agent"),
    boot: set.get("boot"),
    onboot: flag("onboot"),
    protection: flag("protection"),
    delete: gone.length > 0 ? gone.join(",") : undefined,
  };
}

/** Changing a configuration. A write under an old digest is refused, and the next one reads again. */
export const changing: Effect = {
  action: ACTIONS.config,
  looks: "pending",
  prepare: (_ctx, _proxmox, item, look) => prepare(item, look),
  async send(proxmox, item) {
    const { to, digest } = Detail.parse(item.detail);
    await changeConfig(proxmox, pathOf(item), { ...toProxmox(to), digest });
    return undefined;
  },
  retaken: isStale,
  async observe(proxmox, item) {
    const { to } = Detail.parse(item.detail);
    return matches(textsOf(await look(proxmox, item)), to) ? { state: "done" } : { state: "absent" };
  },
  repeatable: true,
};
