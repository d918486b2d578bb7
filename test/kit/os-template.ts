import type { Lab } from "./lab.ts";

/** A template that containers can be made of, on the local storage of each node. */
export const OS_TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst";

/** Puts it there. */
export function addTemplate({ simulator }: Pick<Lab, "simulator">): void {
  const file = { content: "vztmpl", format: "tzst", size: 126e6, used: 126e6, ctime: 0 };
  simulator.state.volumes.push({ volid: OS_TEMPLATE, storage: "local", ...file });
}
