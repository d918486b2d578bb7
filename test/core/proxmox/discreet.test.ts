import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import { createGuest, ProxmoxError, setOptions, type Proxmox } from "../../../core/proxmox/index.ts";
import { encodeKeys } from "../../../core/vm/cloud-init-key.ts";
import { lab } from "../../kit/lab.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops@host";
const PASSWORD = "correct horse/100%";
const KEYS = [KEY, `${KEY}2`];
const VM = { cipassword: PASSWORD, sshkeys: encodeKeys(KEYS), ciuser: "ops" };
const CONTAINER = { password: PASSWORD, "ssh-public-keys": KEYS.join("\n"), ostemplate: "local:vztmpl/x" };

/** What sends secrets, and the forms in which all of its keys may come back. */
const SENDERS = [
  {
    send: (proxmox: Proxmox) =>
      setOptions(proxmox, { node: "pve1", type: "qemu", vmid: 110 }, { set: VM, remove: [] }),
    keys: [VM.sshkeys],
  },
  {
    send: (proxmox: Proxmox) => createGuest(proxmox, { node: "pve1", type: "lxc", vmid: 900 }, CONTAINER),
    keys: [KEYS.join("\n"), KEYS.join(" ")],
  },
];

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
    const echoes = SENDERS.flatMap(({ send, keys }) =>
      [PASSWORD, encodeURIComponent(PASSWORD), ...KEYS, ...keys].map((text) => ({ send, text })),
    );
    for (const { send, text } of echoes) {
      stage.simulator.faults.clear();
      stage.simulator.faults.add({ match: {}, do: "answer", status: 500, ...say(text) });
      const asked = send(proxmox).then(
        () => undefined,
        (error: unknown) => error,
      );
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
