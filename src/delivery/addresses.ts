/** Which IP addresses are on the public internet. */
import ipaddr from "ipaddr.js";

/** What IANA has given out for global unicast so far (RFC 4291, 2.4): everything public in IPv6 is in it. */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3") as [ipaddr.IPv6, number];

/**
 * Whether an address is one that anyone can reach: false for loopback, private, link-local, shared (CGNAT), multicast,
 * reserved and documentation ranges, for those that carry an IPv4 address inside them (6to4, NAT64, Teredo), since they
 * may lead to any of these, and for what is no address.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_UNICAST)) return false;
  return parsed.range() === "unicast";
}
