import type { Call } from "./call.ts";
import { Refusal } from "./refusal.ts";

const parted = (text: string | undefined) => (text ?? "").split(/[;,\s]+/).filter((tag) => tag !== "");

/** `a=1,b=2` as an object. */
export const pairs = (text: string) =>
  Object.fromEntries(
    text
      .split(",")
      .map((part): [string, string] => [part.split("=")[0] ?? "", part.slice(part.indexOf("=") + 1)]),
  );

const optionsOf = (call: Call) => call.world.state.sections.options?.datacenter ?? {};

/** Tags that only Sys.Modify on / may give and take. */
export const registeredTags = (call: Call) => parted(optionsOf(call)["registered-tags"]);

const isPrivileged = (call: Call) =>
  (call.who.user === "root@pam" && !call.who.token) || call.may("/", "Sys.Modify");

/** Tags that the caller may use beside those of his own making, by `user-tag-access`. */
export function allowedTags(call: Call): string[] {
  const access = pairs(optionsOf(call)["user-tag-access"] ?? "");
  const privileged = isPrivileged(call);
  const allow = access["user-allow"] ?? "free";
  const listed = allow === "none" && !privileged ? [] : parted(access["user-allow-list"]);
  const sees = allow === "free" || allow === "existing" || privileged;
  const guests = sees ? Object.values(call.world.state.guests) : [];
  const visible = guests.filter(({ vmid }) => privileged || call.may(`/vms/${vmid}`, "VM.Audit"));
  const registered = registeredTags(call);
  const all = new Set([...listed, ...visible.flatMap(({ config }) => parted(config.tags))]);
  for (const tag of registered)
    if (privileged) all.add(tag);
    else all.delete(tag);
  return [...all].toSorted((a, b) => (a < b ? -1 : 1));
}

const countOf = (tags: readonly string[], tag: string) => tags.filter((one) => one === tag).length;

/** Throws the 403 of whoever gives or takes a tag that he may not; another spelling counts as another tag. */
export function requireTagRights(call: Call, before: string | undefined, after: string | undefined): void {
  const [old, now] = [parted(before), parted(after)];
  const changed = [...new Set([...old, ...now])].filter((tag) => countOf(old, tag) !== countOf(now, tag));
  if (changed.length === 0 || isPrivileged(call)) return;
  const free = (pairs(optionsOf(call)["user-tag-access"] ?? "")["user-allow"] ?? "free") === "free";
  const [registered, allowed] = [new Set(registeredTags(call)), new Set(allowedTags(call))];
  const refused = changed.find((tag) => registered.has(tag) || (!free && !allowed.has(tag)));
  if (refused !== undefined)
    throw new Refusal(403, `Permission check failed (/, Sys.Modify for modifying tag '${refused}')`);
}
