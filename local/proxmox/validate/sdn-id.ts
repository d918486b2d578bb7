import { isAnyCidr } from "./address.ts";

/** Names of zones and VNets become names of network devices, which are short. */
export const sdnId =
  (what: string) =>
  (value: string): string | undefined => {
    if (!/^[a-z][a-z0-9]*[a-z0-9]$/i.test(value)) return `${what} ID '${value}' contains illegal characters`;
    return value.length > 8 ? `${what} ID '${value}' can't be more length than 8 characters` : undefined;
  };

/** A network, or the name that a subnet gets from its zone and network. */
export const subnetId = (value: string): boolean => isAnyCidr(value.replace(/^[^/]*?-(.+)-(\d+)$/, "$1/$2"));
