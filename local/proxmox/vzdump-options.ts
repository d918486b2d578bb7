import type { Call } from "./call.ts";
import { requirePrivilege } from "./permission.ts";
import { invalid, died } from "./refusal.ts";

/** Files and commands of the host itself. */
const ROOT_ONLY = ["tmpdir", "dumpdir", "script", "job-id"];
const OF_ADMINISTRATORS = ["bwlimit", "ionice", "performance"];
const VARIABLES = new Set(["guestname", "vmid", "node", "cluster"]);

function checkRights(call: Call): void {
  const { params, who } = call;
  if (who.user === "root@pam" && !who.token) return;
  const forbidden = ROOT_ONLY.find((name) => params.has(name));
  if (forbidden) throw invalid({ [forbidden]: "Only root may set this option." });
  if (OF_ADMINISTRATORS.some((name) => params.has(name))) requirePrivilege(call, "/", ["Sys.Modify"]);
}

function checkNotes(template: string | undefined): void {
  if (template === undefined) return;
  if (template.includes("\n")) throw invalid({ "notes-template": "contains a line feed" });
  const wrong = [...template.matchAll(/\{\{([^\s{}]+)\}\}/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !VARIABLES.has(name));
  if (wrong.length > 0) throw died(`unknown variable(s): ${wrong.join(", ")}`);
}

/** Images for fleecing lie on a storage that holds images. */
function checkFleecing({ params, world }: Call): void {
  const [, name] = /(?:^|,)storage=([^,]+)/.exec(params.optional("fleecing") ?? "") ?? [];
  if (name === undefined) return;
  const storage = world.state.storages[name];
  if (!storage) throw died(`storage '${name}' does not exist`);
  if (!storage.content.includes("images"))
    throw died(`storage '${name}' does not support content-type 'images'`);
}

/** Refuses what a backup call may not ask for, in Proxmox's order. */
export function checkBackupOptions(call: Call): void {
  const { params } = call;
  if (params.flag("stdout"))
    throw invalid({ stdout: "option is only allowed on the command line interface." });
  checkRights(call);
  for (const name of ["all", "exclude", "pool"]) {
    const used = name === "all" ? params.flag(name) : params.has(name);
    if (used && params.has("vmid")) throw invalid({ [name]: "option conflicts with option 'vmid'" });
  }
  if (params.has("prune-backups") && params.has("maxfiles"))
    throw invalid({ "prune-backups": "option conflicts with option 'maxfiles'" });
  checkNotes(params.optional("notes-template"));
  checkFleecing(call);
  const all = params.flag("all") || params.has("exclude");
  if (!params.has("vmid") && !all && !params.has("pool") && !params.flag("stop"))
    throw invalid({ vmid: "property is missing" });
}
