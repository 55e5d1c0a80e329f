/** What anyone may do without a token is counted by where they are. */
import ipaddr from "ipaddr.js";
import { Problem } from "../../platform/problem.ts";
import type { Ctx } from "../context.ts";

/** A reader's form or subscription has a few hundred bytes. */
export const SMALL = 8 * 1024;

/** Whoever holds an address of IPv6 holds 2^64 of them: they count as one. */
function addressKey(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(":") : parsed.toString();
}

/** Throws 429 for an address that subscribes too often. */
export async function countReader(c: Ctx): Promise<void> {
  const { success } = await c
    .get("deps")
    .readers.limit({ key: addressKey(c.req.header("cf-connecting-ip") ?? "unknown") });
  if (!success)
    throw new Problem(429, "Too many requests", "Too many subscriptions from this address; wait a minute.", {
      headers: { "retry-after": "60" },
    });
}
