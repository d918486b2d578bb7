import type { Guest } from "../inventory/index.ts";
import { canonical } from "../lib/canonical.ts";
import type { Texts } from "../proxmox/index.ts";
import type { ConfigChange } from "./config-fields.ts";
import type { ConfigView } from "./config-view.ts";

const MIB = 1024 ** 2;

/** The agent switched on or off, with its other settings as they are. */
function agentText(wanted: boolean, now: Texts): string {
  const others = (now["agent"] ?? "")
    .split(",")
    .filter((part) => part.includes("=") && !part.startsWith("enabled="));
  return [String(Number(wanted)), ...others].join(",");
}

/** The CPU of another type, with its other settings as they are. */
function cpuText(wanted: string | null, now: Texts): string | null {
  const others = (now["cpu"] ?? "")
    .split(",")
    .filter((part) => part.includes("=") && !part.startsWith("cputype="));
  if (wanted === null) return others.length === 0 ? null : others.join(",");
  return [wanted, ...others].join(",");
}

/** What a field becomes; undefined where it is left out, or says what is shown already, however Proxmox spells that. */
function changed<T>(
  said: T | undefined,
  shown: T,
  spell: (value: NonNullable<T>) => string | null,
): string | null | undefined {
  if (said === undefined || canonical(said) === canonical(shown)) return undefined;
  return said === null || said === undefined ? null : spell(said);
}

/** The devices to boot from. None is a blank: Proxmox drops a line without a value, and then boots from any. */
const bootText = (devices: readonly string[]) => (devices.length === 0 ? " " : `order=${devices.join(";")}`);

const inMebibytes = (bytes: number) => String(bytes / MIB);
const flag = (on: boolean) => String(Number(on));

/** A configuration as Proxmox keeps it, and as it is shown. */
export interface Now {
  readonly texts: Texts;
  readonly shown: ConfigView;
  readonly type: Guest["type"];
}

/** The keys that Proxmox knows, with their new values; null for those that go. What already is so is left out. */
export function changesOf(said: ConfigChange, { texts, shown, type }: Now): Record<string, string | null> {
  const { cpu = {} } = said;
  const description = said.description === null ? "" : said.description;
  const model = changed(cpu.type, shown.cpu.type, (wanted) => cpuText(wanted, texts));
  const wanted: Record<string, string | null | undefined> = {
    [type === "lxc" ? "hostname" : "name"]: changed(said.name, shown.name, String),
    description: changed(description, shown.description, (text) => text || null),
    cpu: model === null ? cpuText(null, texts) : model,
    sockets: changed(cpu.sockets, shown.cpu.sockets, String),
    cores: changed(cpu.cores, shown.cpu.cores, String),
    cpulimit: changed(cpu.limit, shown.cpu.limit, String),
    cpuunits: changed(cpu.units, shown.cpu.units, String),
    memory: changed(said.memoryBytes, shown.memoryBytes, inMebibytes),
    balloon: changed(said.balloonBytes, shown.balloonBytes, inMebibytes),
    agent: changed(said.agent, shown.agent, (on) => agentText(on, texts)),
    boot: changed(said.boot, shown.boot, bootText),
    onboot: changed(said.onBoot, shown.onBoot, flag),
    protection: changed(said.protection, shown.protection, flag),
  };
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([key, value]): [string, string | null][] =>
      value === undefined || value === (texts[key] ?? null) ? [] : [[key, value]],
    ),
  );
}
