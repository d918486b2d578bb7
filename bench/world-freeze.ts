import { diceFor } from "./world-hazards.ts";
import type { Stage } from "./world-stage.ts";

const MINUTE = 60_000;

/** Agents that do not freeze their file systems: the snapshots of their guests hang until they are themselves again. */
export function freezes(world: Stage, length: number, mends: (() => void)[]) {
  const dice = diceFor(world.seed, "freezing");
  const freeze = async () => {
    const guests = Object.values(world.simulator.state.guests).filter(({ status }) => status === "running");
    for (const { vmid } of dice.some(guests, dice.between(1, 8))) {
      world.simulator.inflict({ do: "fsfreeze-stuck", vmid });
      world.tell(`the agent of ${vmid} stands still`);
      const thaw = () => {
        if (world.simulator.state.guests[vmid])
          world.simulator.inflict({ do: "fsfreeze-stuck", vmid, on: false });
      };
      mends.push(thaw);
      if (dice.chance(0.7)) void world.clock.sleep(dice.between(1, 40) * MINUTE).then(thaw);
    }
  };
  return Array.from({ length: dice.between(1, 2) }, () => ({
    at: dice.chance(0.6) ? 0 : dice.between(0, length),
    happen: freeze,
  }));
}
