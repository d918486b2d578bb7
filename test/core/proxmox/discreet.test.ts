import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import { ProxmoxError, setOptions } from "../../../core/proxmox/index.ts";
import { encodeKeys } from "../../../core/vm/cloud-init-key.ts";
import { lab } from "../../kit/lab.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops@host";
const PASSWORD = "correct horse/100%";
const set = { cipassword: PASSWORD, sshkeys: encodeKeys([KEY, `${KEY}2`]), ciuser: "ops" };

test.each([
  ["the reason", (text: string) => ({ reason: `bad value ${text}`, body: "" })],
  ["the message", (text: string) => ({ reason: "", body: JSON.stringify({ message: `bad ${text}` }) })],
  [
    "a parameter's complaint",
    (text: string) => ({ reason: "no", body: JSON.stringify({ errors: { x: text } }) }),
  ],
] as const)(
  "%s of a refusal that repeats a guest's password or key is told without it, and logged so",
  async (_, say) => {
    const stage = await lab();
    const proxmox = await connect(stage.world, "main");
    const guest = { node: "pve1", type: "qemu", vmid: 110 } as const;
    const echoes = [PASSWORD, encodeURIComponent(PASSWORD), KEY, `${KEY}2`, set.sshkeys];
    for (const text of echoes) {
      stage.simulator.faults.clear();
      stage.simulator.faults.add({ match: { method: "PUT" }, do: "answer", status: 500, ...say(text) });
      const asked = setOptions(proxmox, guest, { set, remove: [] }).catch((error: unknown) => error);
      const error = await stage.clock.until(asked);
      expect(error).toBeInstanceOf(ProxmoxError);
      const told = error instanceof ProxmoxError ? error : undefined;
      const all = JSON.stringify([told?.message, told?.refusal, told?.errors, stage.lines]);
      expect([text, all.includes(text), all.includes("horse"), all.includes("AAAAC3")]).toEqual([
        text,
        false,
        false,
        false,
      ]);
    }
  },
);
