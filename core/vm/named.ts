import { ownerOf } from "../disk/index.ts";
import { partsOf, type MappingKind } from "../proxmox/index.ts";

/** A volume that a field names: what kind of content it is, and whose, where it is a guest's. */
interface NamedVolume {
  readonly pointer: string;
  readonly volid: string;
  readonly content: string;
  readonly vmid: number | undefined;
}

interface NamedMapping {
  readonly pointer: string;
  readonly kind: MappingKind;
  readonly id: string;
}

/** What the fields of a new guest name that has to be there already, each with its JSON pointer. */
export interface Named {
  readonly volumes: readonly NamedVolume[];
  readonly bridges: readonly { readonly pointer: string; readonly bridge: string }[];
  readonly mappings: readonly NamedMapping[];
}

/** The fields of an input that name something. */
interface Fields {
  readonly iso?: string | undefined;
  readonly osTemplate?: string | undefined;
  readonly disks?: readonly { readonly importFrom?: string | undefined }[];
  readonly networks: readonly { readonly bridge: string }[];
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

const FOLDER = /^[^:]+:(iso|vztmpl|import)\//;

function volumeAt(pointer: string, volid: string | undefined): NamedVolume[] {
  if (volid === undefined) return [];
  const content = FOLDER.exec(volid)?.[1] ?? "images";
  return [
    { pointer, volid, content, vmid: content === "images" ? (ownerOf(volid) ?? undefined) : undefined },
  ];
}

/** The option that a mapping stands in, and its kind: `hostpci0: mapping=gpu`, `virtiofs0: dirid=share`. */
function mappingIn(option: string, text: string): Omit<NamedMapping, "pointer"> | undefined {
  const [, word] = /^(hostpci|usb|virtiofs)\d+$/.exec(option) ?? [];
  if (word === undefined) return undefined;
  const parts = partsOf(text);
  const id = word === "virtiofs" ? (parts.get("dirid") ?? parts.get("")) : parts.get("mapping");
  const kind = word === "hostpci" ? "pci" : word === "usb" ? "usb" : "dir";
  return id === undefined ? undefined : { kind, id };
}

/** What an input names that has to be there. Pure. */
export function namedBy({ iso, osTemplate, disks = [], networks, options }: Fields): Named {
  const further = Object.entries(options).map(([option, value]) => ({
    option,
    text: String(value),
    pointer: `/options/${option}`,
  }));
  return {
    volumes: [
      ...volumeAt("/iso", iso),
      ...volumeAt("/osTemplate", osTemplate),
      ...disks.flatMap(({ importFrom }, at) => volumeAt(`/disks/${at}/importFrom`, importFrom)),
    ],
    bridges: [
      ...networks.map(({ bridge }, at) => ({ pointer: `/networks/${at}/bridge`, bridge })),
      ...further.flatMap(({ option, text, pointer }) => {
        const bridge = /^net\d+$/.test(option) ? partsOf(text).get("bridge") : undefined;
        return bridge === undefined ? [] : [{ pointer, bridge }];
      }),
    ],
    mappings: further.flatMap(({ option, text, pointer }) => {
      const found = mappingIn(option, text);
      return found ? [{ pointer, ...found }] : [];
    }),
  };
}
