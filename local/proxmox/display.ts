import type { Guest } from "./state.ts";

/** The type of display of a VM: the option that needs no name, or named. */
export const displayOf = ({ config }: Guest): string =>
  config.vga
    ?.split(",")
    .find((part) => !part.includes("=") || part.startsWith("type="))
    ?.replace("type=", "") ?? "std";

/** Whether QEMU has a SPICE server beside this display. */
export const hasSpice = (guest: Guest): boolean => /^(?:qxl|virtio)/.test(displayOf(guest));
