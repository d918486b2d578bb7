import * as z from "zod";
import { spellContainer } from "./create-container.ts";
import { ContainerInput } from "./create-container-input.ts";
import { spellVm } from "./create-guest.ts";
import { VmInput } from "./create-input.ts";
import type { Spelled } from "./create-spelled.ts";

/** A new VM, or a new container where `type` says so. */
export const CreateInput = z.discriminatedUnion("type", [VmInput, ContainerInput], {
  error: "must be qemu or lxc",
});
export type CreateInput = z.infer<typeof CreateInput>;

/** Puts what is wanted into Proxmox's words, or says what is wrong with it. Pure. */
export const spell = (input: CreateInput, ownerTag: string): Spelled =>
  input.type === "lxc" ? spellContainer(input, ownerTag) : spellVm(input, ownerTag);
