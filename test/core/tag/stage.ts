import { expect } from "vitest";
import * as Add from "../../../functions/api/vms/tags/add.ts";
import * as Remove from "../../../functions/api/vms/tags/remove.ts";
import * as Replace from "../../../functions/api/vms/tags/replace.ts";
import type { Bench } from "../../kit/bench.ts";
import type { Deed } from "../../kit/breaking.ts";
import { Operation } from "../../kit/shape.ts";

const ROUTES = { add: Add, replace: Replace } as const;

/** Asks for a change of a guest's tags; the id of the operation. */
export async function asked(b: Bench, how: keyof typeof ROUTES, vmid: number, tags: readonly string[]) {
  const answer = await b.call(ROUTES[how], { path: { cluster: "main", vmid }, body: { tags } });
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

/** Asks for a tag to be taken from a guest; the id of the operation. */
export async function askedToRemove(b: Bench, vmid: number, tag: string) {
  const answer = await b.call(Remove, { path: { cluster: "main", vmid }, query: { tag } });
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

/** A guest's tags as its configuration has them. */
export const tagsIn = ({ simulator }: Pick<Bench, "simulator">, vmid: number) =>
  simulator.state.guests[vmid]?.config["tags"] ?? "";

/** What somebody does in Proxmox itself. */
export const edit = ({ simulator }: Pick<Bench, "simulator">, vmid: number, tags: string) =>
  Object.assign(simulator.state.guests[vmid]?.config ?? {}, { tags });

/** A read of, or a write to, the configuration of a guest. */
export const isConfig = (deed: Deed, method: "GET" | "PUT", vmid: number) =>
  deed.port === "request" && deed.method === method && deed.target.includes(`/${vmid}/config`);

/** Does something each time such a deed is done, so many times; nothing fails. */
export function meanwhile(b: Bench, chosen: (deed: Deed) => boolean, act: () => void, times = 1): void {
  let left = times;
  b.broken.on((deed) => {
    if (left > 0 && chosen(deed)) {
      left -= 1;
      act();
    }
    return false;
  }, "after");
}

/** Takes every right from the token but those on guests. */
export function restrictToken({ simulator }: Pick<Bench, "simulator">): void {
  const id = "root@pam!main";
  Object.assign(simulator.state.tokens[id] ?? {}, { privsep: true });
  const acl = { type: "token" as const, ugid: id, propagate: true };
  simulator.state.acls.push({ ...acl, path: "/", roleid: "PVEAuditor" });
  simulator.state.acls.push({ ...acl, path: "/vms", roleid: "PVEVMAdmin" });
}

/** What an administrator says of tags for the whole cluster. */
export const configure = ({ simulator }: Pick<Bench, "simulator">, options: Record<string, string>) =>
  Object.assign((simulator.state.sections["options"] ??= {}), { datacenter: options });
