/** What a UPID carries. Times: `pstart` in hundredths of a second since boot, `starttime` in seconds since the epoch. */
export interface Upid {
  readonly node: string;
  readonly pid: number;
  readonly pstart: number;
  readonly starttime: number;
  readonly type: string;
  readonly id: string;
  /** As Proxmox writes it: `root@pam` or `root@pam!token`. */
  readonly user: string;
}

const hex = (value: number) => Math.floor(value).toString(16).toUpperCase().padStart(8, "0");
const FORM = /^UPID:([\w.-]+):([0-9A-F]{8,9}):([0-9A-F]{8,9}):([0-9A-F]{8}):([^:\s]+):([^:\s]*):([^:\s]+):$/i;

export const formatUpid = (upid: Upid): string =>
  `UPID:${upid.node}:${hex(upid.pid)}:${hex(upid.pstart)}:${hex(upid.starttime)}:${upid.type}:${upid.id}:${upid.user}:`;

/** The parts of a UPID, or nothing when the text is none. */
export function parseUpid(text: string): Upid | undefined {
  const [, node, pid, pstart, starttime, type, id, user] = FORM.exec(text) ?? [];
  if (!node || !pid || !pstart || !starttime || !type || id === undefined || !user) return undefined;
  const number = (digits: string) => Number.parseInt(digits, 16);
  return { node, pid: number(pid), pstart: number(pstart), starttime: number(starttime), type, id, user };
}
