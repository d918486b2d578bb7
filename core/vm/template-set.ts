import type { FieldError } from "../lib/fault.ts";
import type { Options, Texts } from "../proxmox/index.ts";
import { storagesOf } from "./clone-pool.ts";
import type { Todo } from "./create-detail.ts";
import { MIB, present, tagList } from "./create-field.ts";
import { cpuOptions } from "./create-guest.ts";
import { networkErrors, networkOption } from "./create-network.ts";
import { optionErrors } from "./create-options.ts";
import { protectTodos, startTodos } from "./create-todo.ts";
import type { TemplateInput } from "./template-input.ts";
import { disksOf } from "../disk/index.ts";
import { hasAgent } from "./config-view.ts";

/** Sizes that are none: of disks that are not there, or smaller than they are. */
function resizeErrors({ resize }: TemplateInput, texts: Texts): FieldError[] {
  const disks = disksOf(texts).filter(({ kind }) => kind === "disk");
  return Object.entries(resize).flatMap(([name, bytes]): FieldError[] => {
    const disk = disks.find((one) => one.name === name);
    const complain = (detail: string) => [{ pointer: `/resize/${name}`, code: "invalid", detail }];
    if (!disk)
      return complain(`is no disk of the template; it has ${disks.map((one) => one.name).join(", ")}`);
    const { sizeBytes } = disk;
    return sizeBytes !== null && bytes < sizeBytes
      ? complain(`is ${sizeBytes} bytes already; a disk only grows`)
      : [];
  });
}

/** What is wrong with an input for a template of this configuration. Pure. */
export function errorsOf(input: TemplateInput, texts: Texts): FieldError[] {
  const { balloonBytes, memoryBytes } = input;
  const own = Number(/\d+/.exec(texts["memory"] ?? "512")?.[0]) * MIB;
  const balloon =
    balloonBytes !== undefined && balloonBytes > (memoryBytes ?? own)
      ? [{ pointer: "/balloonBytes", code: "invalid", detail: "must not be more than the guest's memory" }]
      : [];
  return [
    ...resizeErrors(input, texts),
    ...networkErrors(input.networks),
    ...optionErrors(input.options),
    ...balloon,
  ];
}

/** What the copy is to have that the template has not. */
export function setOf(input: TemplateInput, ownerTag: string, open: Options): Options {
  const { memoryBytes, balloonBytes, agent, protection, networks } = input;
  const late = protection === true && Object.keys(input.resize).length > 0;
  return present({
    ...input.options,
    ...cpuOptions(input.cpu),
    memory: memoryBytes === undefined ? undefined : memoryBytes / MIB,
    balloon: balloonBytes === undefined ? undefined : balloonBytes / MIB,
    agent: agent === undefined ? undefined : agent ? "1" : "0",
    protection: late ? undefined : protection,
    tags: tagList([ownerTag, ...input.tags]),
    ...Object.fromEntries(networks.map((network, at) => [`net${at}`, networkOption(network)])),
    ...open,
  });
}

/** What follows the copy. */
export function todosOf(
  input: TemplateInput,
  texts: Texts,
  { set, remove, secret }: { readonly set: Options; readonly remove: string[]; readonly secret: boolean },
): Todo[] {
  const { start, readyWithin, storage, cloudInit, resize } = input;
  const drive = cloudInit ? (storage ?? storagesOf(texts)[0] ?? null) : null;
  const grown = Object.entries(resize).map(([disk, bytes]): Todo => ({ step: "grow", disk, bytes }));
  const agent = input.agent ?? hasAgent(texts);
  return [
    { step: "configure", set, remove, drive, secret },
    ...grown,
    ...protectTodos(grown.length > 0 && input.protection === true),
    ...startTodos({ start, readyWithin, agent }),
  ];
}
