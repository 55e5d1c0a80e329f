/**
 * The target guard: where a channel may point. Threat: an address typed by a subscriber makes our Worker speak to
 * something that only we can reach (request forgery). `new URL()` has already normalised exotic notations (0x7f000001,
 * 127.1, full-width digits), and redirects are never followed.
 */

const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa|onion|test|invalid|example)$/;

/**
 * Why a channel may not point to this address, or null if it may. `own` are host names of this Worker.
 * With `allowPrivate` (development only) http and private hosts pass.
 */
export function refuseTarget(address: string, own: readonly string[], allowPrivate: boolean): string | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return "is not a URL";
  }
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) return "must start with https://";
  if (url.username || url.password) return "must not carry a user name or password";
  if (allowPrivate) return null;
  const host = url.hostname.replace(/\.$/, "").toLowerCase();
  if (url.port !== "") return "must use the standard port";
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return "must name a host, not an IP address";
  if (!host.includes(".") || host.split(".").includes("") || PRIVATE_NAMES.test(host)) return "must name a public host";
  if (own.includes(host)) return "must not point back to this office";
  return null;
}
