export const EFFECTS = ["read", "write"] as const;
export const NEEDS = [
  "tables",
  "keys",
  "admin-key",
  "proxmox",
  "queue",
  "scheduler",
  "secrets",
  "sealing",
] as const;

export type Effect = (typeof EFFECTS)[number];
export type Need = (typeof NEEDS)[number];

/** What a function is for: whether it changes what is kept, and what it uses. Links, rights and network follow from this alone. */
export type Duty = { readonly effect: Effect; readonly needs: readonly Need[] };

/** The links by which a function is told of what it needs. */
const LINKS: Readonly<Record<Need, readonly string[]>> = {
  tables: ["State", "Runtime", "History", "Audit"],
  keys: ["KeyPepper"],
  "admin-key": ["AdminKey"],
  proxmox: ["Clusters"],
  queue: ["Expand", "Item", "Follow", "Fire", "Inventory"],
  scheduler: ["Schedules"],
  secrets: ["Clusters"],
  sealing: ["SealingKey"],
};

const task: readonly Need[] = ["tables", "proxmox", "queue"];

/** What answers that there is no such route knows nothing and is told nothing. */
export const UNROUTED: Duty = { effect: "read", needs: [] };

/** The duties of workers and crons; those of routes stand in openapi.json. */
export const WORKERS = {
  expand: { effect: "write", needs: task },
  item: { effect: "write", needs: [...task, "sealing"] },
  follow: { effect: "write", needs: task },
  fire: { effect: "write", needs: task },
  inventory: { effect: "write", needs: ["tables", "proxmox"] },
} as const satisfies Record<string, Duty>;

export const CRONS = {
  inventory: { effect: "write", needs: ["tables", "queue"] },
  expire: { effect: "write", needs: task },
  sweep: { effect: "write", needs: task },
  reconcile: { effect: "write", needs: [...task, "scheduler", "keys", "admin-key"] },
} as const satisfies Record<string, Duty>;

/** The duty of a route: beside what it says, tables and keys; one that answers without a key sees neither. */
export const routeDuty = ({ open, effect, needs }: Duty & { readonly open?: true }): Duty => ({
  effect,
  needs: open ? needs : ["tables", "keys", ...needs],
});

/** The names of the links of a function with this duty. */
export const linksOf = ({ needs }: Duty): string[] => [...new Set(needs.flatMap((need) => LINKS[need]))];
