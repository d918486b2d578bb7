/** The host of an address, as a client takes it: an IPv6 one without its brackets. */
export const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, "");
