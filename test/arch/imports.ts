import { posix } from "node:path";
import type { Source } from "./sources.ts";

/** What one file takes from another file (relative to the root) or from a package. */
export interface Import {
  readonly to: string;
  readonly typeOnly: boolean;
}

interface Rule {
  readonly files: RegExp;
  readonly may: readonly RegExp[];
  /** Only for their types: nothing of them runs here. */
  readonly mayType?: readonly RegExp[];
}

const LIB = /^core\/lib\//;
const KIT = /^core\/(context|plan|verb|version)\.ts$/;
const DB = /^core\/db\/index\.ts$/;
const ZOD = /^zod$/;
const NODE = /^node:/;
const DOCUMENT = /^openapi\.json$/;
const SDK = /^@aws-sdk\/(client-(dynamodb|sqs|scheduler|ssm)|(lib|util)-dynamodb)$/;
const DOMAIN = /^core\/(?!(lib|proxmox|db|aws)\/)[\w-]+\/index\.ts$/;
const ROUTE_KIT = /^functions\/http\//;

/** A domain takes its own files directly, and others by their index. */
const GENERAL: Rule = {
  files: /^core\/[\w-]+\//,
  may: [DOMAIN, LIB, KIT, DB, ZOD, NODE, /^core\/proxmox\/index\.ts$/],
  mayType: [/^core\/aws\//],
};

/** The import table of the design; the first rule that fits a file holds, and what it does not allow is forbidden. */
const RULES: readonly Rule[] = [
  { files: LIB, may: [LIB, ZOD, NODE, /^ulid$/] },
  // One file alone speaks HTTP to Proxmox, so that a test can bring another transport and no bundle takes undici unasked.
  {
    files: /^core\/proxmox\/undici\.ts$/,
    may: [/^core\/proxmox\//, LIB, /^undici(\/lib\/dispatcher\/agent\.js)?$/, NODE],
  },
  { files: /^core\/proxmox\//, may: [/^core\/proxmox\/(?!undici\.ts)/, LIB, ZOD, NODE] },
  { files: /^core\/db\//, may: [/^core\/db\//, LIB, ZOD, SDK] },
  { files: /^core\/aws\//, may: [/^core\/aws\//, LIB, ZOD, NODE, SDK] },
  // The kit at the root of core. The door asks policy and audit by file: their own verbs need the door.
  { files: /^core\/context\.ts$/, may: [LIB], mayType: [/^core\/(aws|db|proxmox)\//] },
  { files: /^core\/verb\.ts$/, may: [LIB, KIT, ZOD, /^core\/(audit\/around|policy\/decide)\.ts$/] },
  { files: KIT, may: [LIB, ZOD] },
  { files: /^core\/selector\//, may: [/^core\/selector\//, LIB, ZOD] },
  // Audit rows carry the verdict: its type, by file, because policy's index leads to the door and so back here.
  {
    files: /^core\/audit\//,
    may: [/^core\/(audit\/|(selector|policy)\/index\.ts$)/, LIB, KIT, DB, ZOD, NODE],
    mayType: [/^core\/policy\/decide\.ts$/],
  },
  // `me` tells a caller what it may do to one guest, so it asks the inventory for that guest.
  {
    files: /^core\/auth\/me\.ts$/,
    may: [/^core\/(auth\/|(selector|policy|inventory)\/index\.ts$)/, LIB, KIT, DB, ZOD],
  },
  {
    files: /^core\/auth\//,
    may: [/^core\/(auth\/|(selector|policy)\/index\.ts$)/, LIB, KIT, DB, ZOD, NODE],
  },
  { files: /^core\/policy\//, may: [/^core\/(policy\/|selector\/index\.ts$)/, LIB, KIT, DB, ZOD] },
  GENERAL,
  // The document and its page are made of nothing of core; they define their verbs on the spot.
  {
    files: /^functions\/api\/(docs|openapi)\.ts$/,
    may: [ROUTE_KIT, /^core\/verb\.ts$/, DOCUMENT, ZOD],
  },
  { files: /^functions\/api\//, may: [DOMAIN, ROUTE_KIT] },
  { files: /^functions\/(worker|cron)\//, may: [DOMAIN, ROUTE_KIT] },
  // It tells the paths of the document from those that are not there.
  { files: /^functions\/http\/unrouted\.ts$/, may: [ROUTE_KIT, LIB, DOCUMENT, ZOD] },
  // Each need brings its own port and its weight, so that a route carries only what it names.
  {
    files: /^functions\/http\/needs\//,
    may: [ROUTE_KIT, /^core\/(aws\/|proxmox\/(undici|transport)\.ts$)/, LIB, ZOD],
    mayType: [KIT],
  },
  {
    files: ROUTE_KIT,
    may: [
      ROUTE_KIT,
      DOMAIN,
      LIB,
      KIT,
      ZOD,
      NODE,
      /^core\/(db\/dynamo|proxmox\/error)\.ts$/,
      /^(hono(\/aws-lambda)?|sst\/resource)$/,
    ],
    mayType: [/^aws-lambda$/],
  },
  { files: /^infra\//, may: [/^infra\//, DOCUMENT, NODE, ZOD] },
  { files: /^sst\.config\.ts$/, may: [/^infra\//] },
  { files: /^cli\//, may: [/^cli\//, DOCUMENT, NODE, ZOD, /^undici$/] },
  // These run on a laptop and take what they like; no rule above lets anything take them.
  { files: /^(local|test|bench)\/|^vitest\.config\.ts$/, may: [/^/] },
];

/** The domain that a file of core stands in; none for the kit and for other layers. */
export const domainOf = (file: string): string | undefined => /^core\/([\w-]+)\//.exec(file)?.[1];
const isOwn = (file: string, to: string) => domainOf(file) !== undefined && domainOf(file) === domainOf(to);

/** One sentence for each import that the table does not allow. */
export function violations(file: string, imports: readonly Import[]): string[] {
  const rule = RULES.find(({ files }) => files.test(file));
  if (!rule) return [`${file} stands in a folder that the import table does not name`];
  return imports
    .filter(({ to, typeOnly }) => {
      const allowed = typeOnly ? [...rule.may, ...(rule.mayType ?? [])] : rule.may;
      return !(rule === GENERAL && isOwn(file, to)) && !allowed.some((pattern) => pattern.test(to));
    })
    .map(({ to, typeOnly }) => `${file} may not import ${typeOnly ? "types of " : ""}${to}`);
}

const STATEMENT = /^(?:import|export)\s(type\s)?[^;"']*?from\s+"([^"]+)"/gm;
const BARE = /^import\s+"([^"]+)"/gm;
const DYNAMIC = /\bimport\("([^"]+)"\)/g;

const resolve = (file: string, to: string) =>
  to.startsWith(".") ? posix.normalize(posix.join(posix.dirname(file), to)) : to;

/** What a file imports or exports from elsewhere; imports of a computed path are not seen. */
export function importsOf({ file, text }: Source): Import[] {
  const stated = [...text.matchAll(STATEMENT)].map(([, type, to = ""]) => ({
    to,
    typeOnly: type !== undefined,
  }));
  const others = [...text.matchAll(BARE), ...text.matchAll(DYNAMIC)].map(([, to = ""]) => ({
    to,
    typeOnly: false,
  }));
  return [...stated, ...others].map(({ to, typeOnly }) => ({ to: resolve(file, to), typeOnly }));
}
