/** What the hub asks and is told (W3C WebSub, 5): plain functions. */
import type { Reply } from "../channels/kind.ts";
import { readFeedAddress } from "../formats/feeds/index.ts";
import { DAY, HOUR, SECOND } from "../platform/time.ts";

const MODES = ["subscribe", "unsubscribe"] as const;
export type Mode = (typeof MODES)[number];

/** How long a subscription lasts: at least, unless it says, and at most, ms. */
export const LEASE_SHORTEST = HOUR;
export const LEASE_USUAL = 10 * DAY;
export const LEASE_LONGEST = 30 * DAY;

/** A secret is shorter than this, bytes (WebSub, 5.1). */
const SECRET_BYTES = 200;
/** A callback is no longer than this, characters. */
const CALLBACK_LENGTH = 2048;

/** What somebody asks of the hub. Who that is, only the callback can tell. */
export interface HubRequest {
  mode: Mode;
  /** As `new URL` writes it, without a fragment. */
  callback: string;
  topic: string;
  /** How long the subscription is to last, ms. */
  lease: number;
  secret: string | null;
}

/** How long it lasts when so many seconds were asked for, ms; null for what is no positive whole number. */
export function leaseOf(seconds: string | undefined): number | null {
  if (seconds === undefined || seconds === "") return LEASE_USUAL;
  if (!/^\d+$/.test(seconds) || Number(seconds) === 0) return null;
  return Math.min(LEASE_LONGEST, Math.max(LEASE_SHORTEST, Number(seconds) * SECOND));
}

/**
 * Reads a request. What is wrong with it comes back as `why`, in the words of the form; whether the callback may be
 * called, and whether the topic's publication or column exists, is not looked at. Parameters that are not known are
 * passed over (WebSub, 5.1).
 */
export function readHubRequest(
  form: ReadonlyMap<string, string>,
  site: string,
): { type: "request"; request: HubRequest } | { type: "wrong"; why: string } {
  const wrong = (why: string) => ({ type: "wrong", why }) as const;
  const mode = MODES.find((each) => each === form.get("hub.mode"));
  if (form.get("hub.mode") === "publish") return wrong("This hub serves its own feeds only and knows what is new.");
  if (!mode) return wrong("hub.mode must be subscribe or unsubscribe.");
  const topic = form.get("hub.topic") ?? "";
  if (readFeedAddress(topic)?.site !== site)
    return wrong("hub.topic must be the address of one of this site's feeds, as its rel=self link gives it.");
  const given = form.get("hub.callback") ?? "";
  if (!URL.canParse(given)) return wrong("hub.callback must be a URL.");
  const callback = new URL(given);
  callback.hash = "";
  if (given.length > CALLBACK_LENGTH || callback.href.length > CALLBACK_LENGTH)
    return wrong(`hub.callback may have ${CALLBACK_LENGTH} characters at most.`);
  const lease = leaseOf(form.get("hub.lease_seconds"));
  if (mode === "subscribe" && lease === null) return wrong("hub.lease_seconds must be a positive whole number.");
  const secret = form.get("hub.secret") ?? null;
  if (secret === "") return wrong("hub.secret must not be empty; leave it out to get unsigned posts.");
  if (secret !== null && new TextEncoder().encode(secret).length >= SECRET_BYTES)
    return wrong(`hub.secret must be shorter than ${SECRET_BYTES} bytes.`);
  return { type: "request", request: { mode, callback: callback.href, topic, lease: lease ?? LEASE_USUAL, secret } };
}

/** The address that asks whether the callback wants this. Its own query stays as it is, ours comes after it. */
export function questionOf(
  { mode, callback, topic, lease }: Pick<HubRequest, "mode" | "callback" | "topic" | "lease">,
  challenge: string,
): string {
  const ours = new URLSearchParams({ "hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge });
  if (mode === "subscribe") ours.set("hub.lease_seconds", String(Math.floor(lease / SECOND)));
  const query = callback.indexOf("?");
  const join = query === -1 ? "?" : query === callback.length - 1 || callback.endsWith("&") ? "" : "&";
  return `${callback}${join}${ours}`;
}

/** What the callback's answer means. `later`: nobody has said no; it may be asked again. */
export type Intent = { type: "meant" } | { type: "denied"; why: string } | { type: "later"; why: string };

/** A 2xx with exactly the challenge is a yes, and nothing else is. */
export function intentOf(reply: Reply, challenge: string): Intent {
  switch (reply.type) {
    case "refused":
      return { type: "denied", why: reply.why };
    case "timeout":
      return { type: "later", why: "no answer within the deadline" };
    case "network":
      return { type: "later", why: reply.why };
    case "response": {
      const { status, body } = reply;
      if (status >= 500 || status === 429) return { type: "later", why: `HTTP ${status}` };
      if (status < 200 || status >= 300) return { type: "denied", why: `HTTP ${status}` };
      return body === challenge ? { type: "meant" } : { type: "denied", why: "answered something else" };
    }
  }
}
