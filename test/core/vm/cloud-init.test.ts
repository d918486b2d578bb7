import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeKeys, encodeKeys, isKey } from "../../../core/vm/cloud-init-key.ts";
import { cloudInitOptions } from "../../../core/vm/cloud-init-options.ts";
import { CloudInit } from "../../../core/vm/cloud-init-input.ts";
import { setOptions } from "../../../core/proxmox/index.ts";
import { connect } from "../../../core/cluster/index.ts";
import { lab } from "../../kit/lab.ts";

const TYPES = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com"];
const LETTERS = Array.from("abcXYZ019 !'()*~-_.+/=%&?#@,;:\"\\<>äß€😀");

/** A public key as ssh-keygen would write it, with any comment. */
const key = fc
  .tuple(
    fc.constantFrom(...TYPES),
    fc.uint8Array({ minLength: 32, maxLength: 300 }),
    fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 30 }),
  )
  .map(([type, bytes, comment]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(type.length);
    const body = Buffer.concat([length, Buffer.from(type), bytes]).toString("base64");
    return [type, body, ...(comment.trim() === "" ? [] : [comment.trim()])].join(" ");
  });

test("keys come back from Proxmox as they were given, whatever is in them", () => {
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), (keys) => {
      expect(keys.every(isKey)).toBe(true);
      const kept = encodeKeys(keys);
      expect(kept).toMatch(/^(?:[\w.~-]|%[0-9A-F]{2})*$/);
      expect(decodeKeys(kept)).toEqual(keys);
      // On the wire the form encodes once more, and Proxmox decodes that once.
      const wire = new URLSearchParams({ sshkeys: kept }).toString();
      expect(new URLSearchParams(wire).get("sshkeys")).toBe(kept);
    }),
  );
});

test("keys arrive in Proxmox encoded once, having been encoded twice on the way", async () => {
  const stage = await lab();
  const proxmox = await connect(stage.world, "main");
  const guest = { node: stage.simulator.state.guests["110"]?.node ?? "", type: "qemu", vmid: 110 } as const;
  const [sample = ""] = fc.sample(key, { numRuns: 1, seed: 7 });
  const set = { sshkeys: encodeKeys([sample]) };
  await stage.clock.until(setOptions(proxmox, guest, { set, remove: [] }));
  const kept = stage.simulator.state.guests["110"]?.config["sshkeys"] ?? "";
  expect(kept).toBe(set.sshkeys);
  expect(decodeKeys(kept)).toEqual([sample]);
});

test.for([
  "",
  "ssh-ed25519",
  "ssh-ed25519 nonsense",
  "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
  "ssh-dss AAAAB3NzaC1kc3MAAACBAOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
  "-----BEGIN OPENSSH PRIVATE KEY-----",
])("%s is no public key", (text) => {
  expect(isKey(text)).toBe(false);
});

test.for([
  [{ ipv4: "dhcp" }, "ip=dhcp"],
  [{ ipv4: "10.0.0.31/24", gateway4: "10.0.0.1" }, "ip=10.0.0.31/24,gw=10.0.0.1"],
  [{ ipv6: "auto" }, "ip6=auto"],
  [{ ipv6: "dhcp", ipv4: "dhcp" }, "ip=dhcp,ip6=dhcp"],
  [{ ipv6: "2001:db8::31/64", gateway6: "2001:db8::1" }, "ip6=2001:db8::31/64,gw6=2001:db8::1"],
] as const)("a network card is told %o", ([address, option]) => {
  const { open, secret } = cloudInitOptions(CloudInit.parse({ networks: [address] }));
  expect(open).toEqual({ ipconfig0: option });
  expect(secret).toEqual({});
});

test("a card of which nothing is said is left out, and the others keep their numbers", () => {
  const { open } = cloudInitOptions(CloudInit.parse({ networks: [{}, { ipv4: "dhcp" }] }));
  expect(open).toEqual({ ipconfig1: "ip=dhcp" });
});
