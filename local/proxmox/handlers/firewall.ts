import type { Handlers } from "../call.ts";

const DIGEST = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

/** Firewalls are only read here: nothing is configured, not even for guests that are not there. */
export const firewallHandlers: Handlers = {
  "GET /cluster/firewall/options": () => ({ digest: DIGEST, enable: 0, policy_in: "DROP" }),
  "GET /nodes/{node}/qemu/{vmid}/firewall/options": () => ({ digest: DIGEST }),
  "GET /nodes/{node}/qemu/{vmid}/firewall/rules": () => [],
  "GET /nodes/{node}/lxc/{vmid}/firewall/options": () => ({ digest: DIGEST }),
  "GET /nodes/{node}/lxc/{vmid}/firewall/rules": () => [],
};
