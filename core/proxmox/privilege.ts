/** What a credential lacks: any one of these privileges on this path would do. */
export interface Missing {
  readonly path: string;
  readonly anyOf: readonly string[];
}

const FORM = /\((\/[^,()\s]*),\s*([A-Za-z][\w.]*(?:[|,\s]+[A-Za-z][\w.]*)*)\)/;

/** The code of what Proxmox refuses with a 403: it says of a pool that is not there that a permission is missing. */
export const forbiddenCode = (reason: string) =>
  /\(pool '[^']*' does not exist\)/.test(reason) ? "pool.missing" : "proxmox.privilege";

/** Taken out of `Permission check failed (/vms/100, VM.PowerMgmt)`; undefined where Proxmox does not say what is missing. */
export function missingPrivilege(status: number, reason: string): Missing | undefined {
  const [, path, privileges] = (status === 403 && FORM.exec(reason)) || [];
  if (path === undefined || privileges === undefined) return undefined;
  return { path, anyOf: privileges.split(/[|,\s]+/) };
}
