import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import { canonical } from "../lib/canonical.ts";
import type { FieldError } from "../lib/fault.ts";
import { validatedLater } from "../lib/late-validation.ts";
import { FIELDS, type ConfigChange } from "./config-fields.ts";
import { ConfigView } from "./config-view.ts";
import { TARGET } from "./target.ts";

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

const LATER = {
  name: validatedLater(FIELDS.name),
  description: validatedLater(FIELDS.description),
  cpu: validatedLater(FIELDS.cpu),
  memoryBytes: validatedLater(FIELDS.memoryBytes),
  balloonBytes: validatedLater(FIELDS.balloonBytes),
  agent: validatedLater(FIELDS.agent),
  boot: validatedLater(FIELDS.boot),
  onBoot: validatedLater(FIELDS.onBoot),
  protection: validatedLater(FIELDS.protection),
};

export const ConfigInput = z.strictObject({
  ...TARGET,
  etag: z.string().max(64).optional(),
  ...z.object(LATER).partial().shape,
  ...SHOWN_ONLY,
});
export type ConfigInput = z.infer<typeof ConfigInput>;

/** Whether nothing is said that could be changed. */
export const saysNothing = (input: ConfigInput) =>
  !Object.keys({ ...FIELDS, ...SHOWN_ONLY }).some((name) => Object.hasOwn(input, name));

const differs = (said: unknown, shown: unknown) => said !== undefined && canonical(said) !== canonical(shown);

/** What is wrong with an input for a guest of this type whose configuration is shown so. Pure. */
export function complaintsOf(
  { input, said }: { readonly input: ConfigInput; readonly said: ConfigChange },
  shown: ConfigView & { readonly id: string },
  type: Guest["type"],
): FieldError[] {
  const { type: model, sockets } = said.cpu ?? {};
  const ofVms = [
    ["cpu/type", model, shown.cpu.type],
    ["cpu/sockets", sockets, shown.cpu.sockets],
    ["balloonBytes", said.balloonBytes, shown.balloonBytes],
    ["agent", said.agent, shown.agent],
    ["boot", said.boot, shown.boot],
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
