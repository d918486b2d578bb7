import { asFault, areTagsCaseSensitive, type Proxmox } from "../proxmox/index.ts";

/**
 * Tags in the case that the cluster keeps them in: lower where it ignores case, which before 9 it does not do itself when
 * a guest is made. It is asked only where that can make a difference.
 */
export async function casedTags(proxmox: Proxmox, tags: readonly string[]): Promise<string[]> {
  const lower = tags.map((tag) => tag.toLowerCase());
  if (tags.every((tag, at) => tag === lower[at])) return lower;
  try {
    return (await areTagsCaseSensitive(proxmox)) ? [...tags] : lower;
  } catch (error) {
    return asFault(error);
  }
}
