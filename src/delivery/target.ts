/**
 * The target guard: where a channel may point. Threat: an address typed by a subscriber makes our Worker speak to
 * something that only we can reach (request forgery). `new URL()` has already normalised exotic notations (0x7f000001,
 * 127.1, full-width digits), and redirects are never followed. What remains: `fetch` looks the name up once more, and
 * may be told another address than the guard was (DNS rebinding); on Cloudflare's network no private host can be reached
 * even so (`docs/operations.md`).
 */
import { isPublicAddress } from "./addresses.ts";
import type { Resolve } from "./resolve.ts";

const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa|onion|test|invalid|example)$/;

/** What may be asked of an address besides being public. */
interface TargetRules {
  /** Host names of this Worker. */
  own: readonly string[];
  /** Development only: http and private hosts pass. */
  allowPrivate: boolean;
  /** The only hosts that a kind's addresses may name; undefined: any public one. */
  hosts?: readonly string[] | undefined;
}

/** Why a channel may not point to this address, as far as its words tell, or null if it may. */
export function refuseTarget(address: string, { own, allowPrivate, hosts }: TargetRules): string | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return "is not a URL";
  }
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) return "must start with https://";
  if (url.username || url.password) return "must not carry a user name or password";
  if (allowPrivate) return null;
  const host = hostOf(url);
  if (url.port !== "") return "must use the standard port";
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return "must name a host, not an IP address";
  if (!host.includes(".") || host.split(".").includes("") || PRIVATE_NAMES.test(host)) return "must name a public host";
  if (own.includes(host)) return "must not point back to this office";
  if (hosts && !hosts.includes(host)) return `must be on ${hosts.join(" or ")}`;
  return null;
}

/** A judgement of an address. `unsure`: its name could not be looked up just now, so nothing may be sent to it. */
export type TargetVerdict = { type: "allowed" } | { type: "refused"; why: string } | { type: "unsure"; why: string };

/**
 * `refuseTarget`, and then what the name leads to: every address that it has must be a public one. The words are the
 * same whether a name has no address or a private one: a form is not to be used for looking around in a network. Hosts of
 * a kind's own list are not looked up.
 */
export async function judgeTarget(address: string, rules: TargetRules, resolve: Resolve): Promise<TargetVerdict> {
  const why = refuseTarget(address, rules);
  if (why !== null) return { type: "refused", why };
  if (rules.allowPrivate || rules.hosts) return { type: "allowed" };
  let addresses: readonly string[];
  try {
    addresses = await resolve(hostOf(new URL(address)));
  } catch {
    return { type: "unsure", why: "could not be looked up" };
  }
  return addresses.length > 0 && addresses.every((each) => isPublicAddress(each))
    ? { type: "allowed" }
    : { type: "refused", why: "must name a host with public addresses only" };
}

const hostOf = (url: URL): string => url.hostname.replace(/\.$/, "").toLowerCase();
