/** Names looked up over DNS in HTTPS (RFC 8484's JSON sibling), since a Worker has no resolver of its own. */
import { z } from "zod";
import { MINUTE, SECOND } from "../platform/time.ts";
import type { Fetch } from "./send.ts";

/** The addresses of a host: empty when the name has none. Throws when nobody could say. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Cloudflare's resolver; another with the same JSON form can take its place (`KANFA_API_BASES`, `doh`). */
export const DOH_BASE = "https://cloudflare-dns.com/dns-query";

/** How long a look-up may take at most, ms. */
export const LOOKUP_DEADLINE = 5 * SECOND;
/** However long a record says that it lasts, it is looked up again after this: a name that turns inwards is noticed. */
const LONGEST = 5 * MINUTE;
const SHORTEST = 30 * SECOND;
/** Names remembered at a time: an isolate's memory is not a subscriber's to fill. */
const REMEMBERED = 2000;

const NOERROR = 0;
const NXDOMAIN = 3;
const TYPES = { A: 1, AAAA: 28 } as const;

const answer = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), TTL: z.number().catch(0), data: z.string() })).default([]),
});

/**
 * Looks up A and AAAA of a name, both or none: a look-up that fails throws, for a guard must not take silence for
 * consent. What was found is remembered for the time that the records give, within half a minute and five.
 */
export function dnsOverHttps(fetcher: Fetch, wall: () => number, base = DOH_BASE): Resolve {
  const remembered = new Map<string, { addresses: readonly string[]; until: number }>();

  async function ask(host: string, type: keyof typeof TYPES): Promise<{ addresses: string[]; ttl: number }> {
    const url = new URL(base);
    url.searchParams.set("name", host);
    url.searchParams.set("type", type);
    const response = await fetcher(url.href, {
      headers: { accept: "application/dns-json", "user-agent": "Kanfa/1" },
      redirect: "manual",
      signal: AbortSignal.timeout(LOOKUP_DEADLINE),
    });
    if (!response.ok) throw new Error(`The resolver answered HTTP ${response.status}.`);
    const { Status, Answer } = answer.parse(await response.json());
    if (Status !== NOERROR && Status !== NXDOMAIN) throw new Error(`The resolver answered with status ${Status}.`);
    const records = Answer.filter((record) => record.type === TYPES[type]);
    return {
      addresses: records.map((record) => record.data),
      ttl: Math.min(...records.map((record) => record.TTL * SECOND), LONGEST),
    };
  }

  return async (host) => {
    const now = wall();
    const found = remembered.get(host);
    if (found && found.until > now) return found.addresses;
    const answers = await Promise.all([ask(host, "A"), ask(host, "AAAA")]);
    const addresses = answers.flatMap((each) => each.addresses);
    // A name that has no address yet may get one any moment: somebody is waiting to save it.
    const ttl = addresses.length === 0 ? SHORTEST : Math.max(SHORTEST, Math.min(...answers.map((each) => each.ttl)));
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(host, { addresses, until: now + ttl });
    return addresses;
  };
}
