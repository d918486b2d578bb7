import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import { canonical } from "../lib/canonical.ts";
import type { FieldError } from "../lib/fault.ts";
import { isUnmarked, MARKED } from "../lib/marker.ts";
import { ConfigView } from "./config-view.ts";
import { TARGET } from "./target.ts";

const MIB = 1024 ** 2;
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

const Memory = (least: number) =>
  z
    .number()
    .int()
    .min(least)
    .max(2 ** 44)
    .multipleOf(MIB, "must be whole mebibytes (1048576 bytes)");

const Cpu = z.strictObject({
  type: z
    .string()
    .max(64)
    .regex(/^[a-zA-Z][\w.-]*$/, "must be a CPU type such as host")
    .nullable()
    .optional(),
  sockets: z.number().int().min(1).max(128).optional(),
  cores: z.number().int().min(1).max(8192).nullable().optional(),
  limit: z.number().min(0).max(8192).nullable().optional(),
  units: z.number().int().min(1).max(500_000).nullable().optional(),
});

/** What may be changed of a configuration; null brings back Proxmox's own default. Tags, disks and networks have calls of their own. */
const FIELDS = {
  name: z
    .string()
    .max(253)
    .regex(new RegExp(`^${LABEL}(?:\\.${LABEL})*$`), "must be a DNS name such as web-07")
    .nullable()
    .optional(),
  description: z
    .string()
    .max(8192)
    .refine((text) => !/\p{Cc}/u.test(text.replaceAll(/[\t\n\r]/g, "")), "must not hold control characters")
    .refine(isUnmarked, MARKED)
    .nullable()
    .optional(),
  cpu: Cpu.optional(),
  memoryBytes: Memory(16 * MIB).optional(),
  balloonBytes: Memory(0).nullable().optional(),
  agent: z.boolean().optional(),
  boot: z
    .array(
      z.string().regex(/^(?:ide|sata|scsi|virtio|net|usb|hostpci)\d{1,3}$/, "must be a device such as scsi0"),
    )
    .max(30)
    .optional(),
  onBoot: z.boolean().optional(),
  protection: z.boolean().optional(),
};

/** What the configuration shows and other calls change: taken as it was shown, so that what was read can be sent back. */
const SHOWN_ONLY = ConfigView.pick({
  disks: true,
  networks: true,
  firmware: true,
  machine: true,
  osType: true,
  cloudInit: true,
  options: true,
  pending: true,
})
  .extend({ id: z.string() })
  .partial().shape;

export const ConfigInput = z.strictObject({
  ...TARGET,
  etag: z.string().max(64).optional(),
  ...FIELDS,
  ...SHOWN_ONLY,
});
export type ConfigInput = z.infer<typeof ConfigInput>;

/** Whether nothing is said that could be changed. */
export const saysNothing = (input: ConfigInput) =>
  !Object.keys({ ...FIELDS, ...SHOWN_ONLY }).some((name) => Object.hasOwn(input, name));

const differs = (said: unknown, shown: unknown) => said !== undefined && canonical(said) !== canonical(shown);

/** What is wrong with an input for a guest of this type whose configuration is shown so. Pure. */
export function complaintsOf(
  input: ConfigInput,
  shown: ConfigView & { readonly id: string },
  type: Guest["type"],
): FieldError[] {
  const { type: model, sockets } = input.cpu ?? {};
  const ofVms = [
    ["cpu/type", model, shown.cpu.type],
    ["cpu/sockets", sockets, shown.cpu.sockets],
    ["balloonBytes", input.balloonBytes, shown.balloonBytes],
    ["agent", input.agent, shown.agent],
    ["boot", input.boot, shown.boot],
  ] as const;
  const fixed = z
    .object(SHOWN_ONLY)
    .keyof()
    .options.filter((name) => differs(input[name], shown[name]));
  return [
    ...fixed.map((name) => ({ pointer: `/${name}`, code: "invalid", detail: "is only shown here" })),
    ...(type === "qemu" ? [] : ofVms)
      .filter(([, said, now]) => differs(said, now))
      .map(([name]) => ({ pointer: `/${name}`, code: "invalid", detail: "is for VMs only" })),
  ];
}
