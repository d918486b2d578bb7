import { poll } from "../../core/inventory/index.ts";
import type { Lab } from "./lab.ts";

/** Gives guests these tags, as somebody at Proxmox would, and lets the inventory see it. */
export async function retag(stage: Pick<Lab, "simulator" | "clock" | "world">, tags: Record<number, string>) {
  for (const [vmid, text] of Object.entries(tags)) {
    const guest = stage.simulator.state.guests[vmid];
    if (!guest) throw new Error(`there is no guest ${vmid}`);
    guest.config["tags"] = text;
  }
  await stage.clock.until(poll(stage.world, "main"));
  stage.simulator.resetCounters();
}
