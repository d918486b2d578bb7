const octets = (value: string) => value.split(".").map(Number);
/** Dotted quad. */
export const isIpv4 = (value: string) =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(value) && octets(value).every((octet) => octet <= 255);
/** Roughly: hexadecimal groups and colons. */
export const isIpv6 = (value: string) => /^[0-9a-f:.]+$/i.test(value) && value.includes(":");
export const isIp = (value: string) => isIpv4(value) || isIpv6(value);
/** An address of this family with a prefix length. */
export const isCidr = (value: string, ip: (address: string) => boolean, most: number) => {
  const [address = "", mask = ""] = value.split("/");
  return ip(address) && /^\d+$/.test(mask) && Number(mask) <= most;
};
export const isAnyCidr = (value: string) => isCidr(value, isIpv4, 32) || isCidr(value, isIpv6, 128);
