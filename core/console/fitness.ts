import type { Proposal } from "../operation/index.ts";
import type { PendingRow } from "../proxmox/index.ts";
import { Serial, type Detail, type Kind } from "./kind.ts";

/** What a VM runs with now, which may differ from what its next start will find. */
type Hardware = Readonly<Record<string, string | undefined>>;

/** The hardware that runs, out of the rows of a configuration. */
export const hardwareOf = (rows: readonly PendingRow[]): Hardware =>
  Object.fromEntries(rows.map(({ key, value }) => [key, value]));

/** The type of display, which is the first of its options or named; Proxmox's default is `std`. */
export const displayOf = ({ vga = "std" }: Hardware): string =>
  /(?:^|,)type=([^,]*)/.exec(vga)?.[1] ?? /^([^,=]+)(?:,|$)/.exec(vga)?.[1] ?? "std";

/** A port that leads to a device of the node is not one to open. */
const isOpen = (hardware: Hardware, port: Serial) => hardware[port] === "socket";

/** The port that is meant: the one that is named, the display where that is one, the first that can be opened. */
function portOf(hardware: Hardware, named: Serial | undefined): Serial | undefined {
  const display = Serial.safeParse(displayOf(hardware)).data;
  const wanted = named === undefined ? [display, ...Serial.options] : [named];
  return wanted.find((port) => port !== undefined && isOpen(hardware, port));
}

interface Wish {
  readonly kind: Kind;
  readonly serial?: Serial | undefined;
}

const open = (id: string, detail: Detail): Proposal => ({
  run: true,
  because: `a ${detail.kind} console of ${id} can be opened`,
  detail,
});

/** How a console of a running VM is opened, or why it cannot be. */
export function ofVm(id: string, hardware: Hardware, { kind, serial }: Wish): Proposal {
  const display = displayOf(hardware);
  if (kind === "vnc") return open(id, { kind, serial: null, text: display.startsWith("serial") });
  if (kind === "spice") {
    if (/^(?:qxl|virtio)/.test(display)) return open(id, { kind, serial: null, text: false });
    const because = `the display of ${id} is ${display}, which does not speak SPICE: qxl and virtio do`;
    return { run: false, code: "console.no-spice", because };
  }
  const port = portOf(hardware, serial);
  if (port !== undefined) return open(id, { kind, serial: port, text: false });
  const because = `${id} has no ${serial ?? "serial port"} that is a socket, so it has no terminal`;
  return { run: false, code: "console.no-serial", because };
}

/** The same of a running container, which has one terminal, whatever shows it. */
export function ofContainer(id: string, { kind, serial }: Wish): Proposal {
  if (serial !== undefined)
    return { run: false, code: "vm.container", because: `${id} is a container, and has no serial port` };
  return open(id, { kind, serial: null, text: false });
}
