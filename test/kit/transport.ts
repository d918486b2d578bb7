import { NoAnswer, type Target, type Transport } from "../../core/proxmox/index.ts";
import { ConnectionLost, type Simulator } from "../../local/proxmox/index.ts";

/** Carries requests straight into a simulator, in this process and in its time. */
export const simulatorTransport =
  (simulator: Simulator, target: Target): Transport =>
  async (wire) => {
    const headers = {
      authorization: `PVEAPIToken=${target.token}`,
      ...(wire.body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    };
    try {
      const { method, body } = wire;
      const answer = await simulator.handle({ method, target: `/api2/json${wire.target}`, headers, body });
      return { status: answer.status, reason: answer.reason, body: answer.body };
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      throw new NoAnswer("the connection was lost", true, error);
    }
  };
