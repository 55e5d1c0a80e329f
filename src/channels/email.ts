/**
 * A mailbox. What it gets is a letter: the posts of a push as a list, one post whole if the channel says so. The letter goes
 * out through the office's mail provider (`delivery/mail.ts`), whose answers are those of Resend's API; the codes of
 * Cloudflare's e-mail binding are given as such.
 */
import { z } from "zod";
import {
  cutText,
  type EmailFrame,
  type Letter,
  parseMarkdown,
  renderEmail,
  renderEmailDigest,
} from "../formats/index.ts";
import { shownWhole, STYLES, summaryOf } from "./digest.ts";
import { objectOf, textIn } from "./http.ts";
import type { AlertItem, Item, Kind, Mail, Reply, Verdict } from "./kind.ts";
import { judgeFailure } from "./kind.ts";
import { retryAfter } from "./retry-after.ts";

/** The longest address that mail can carry (RFC 5321, 4.5.3.1.3, less the brackets). */
const ADDRESS = 254;

/** A mail address as one is written by hand, in small letters: nobody has two mailboxes that differ in case alone. */
export const mailAddress = z.string().trim().toLowerCase().max(ADDRESS).pipe(z.email());

const config = z.strictObject({
  to: mailAddress,
  /** `full`: a push of one post carries its text. Several posts are always a list. */
  style: z.enum(STYLES).default("digest"),
});
type Config = z.output<typeof config>;

type Payload = Omit<Mail, "to">;

/** `zhang@example.cn` as `z***@example.cn`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, Math.min(1, at))}***${address.slice(at)}`;
}

/** What lists of letters show, and some more. */
const SUBJECT = 100;

/**
 * Words as a subject: one line, at most {@link SUBJECT} characters. Threat: a line break in a title would begin a header
 * of its own. Providers take the subject as a member of its own and encode it (RFC 2047).
 */
export const subjectOf = (words: string): string =>
  cutText(
    words
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
      .trim(),
    SUBJECT,
  );

const dayOf = (at: string): string => `${Number(at.slice(5, 7))}月${Number(at.slice(8, 10))}日`;

function frameOf(items: readonly Item[], site: string): EmailFrame & { unsubscribe: string } {
  const names = [...new Set(items.map((item) => item.publicationName))];
  return { publication: names.join("、"), site, unsubscribe: `${site}/unsubscribe?token=` };
}

function letterOf(items: readonly Item[], frame: EmailFrame, whole: boolean): Letter {
  const first = items[0]!;
  if (whole) {
    const { title, digest, cover, url } = first.post;
    const doc = parseMarkdown(first.text().markdown);
    const facts = [dayOf(first.at), ...(first.note ? [first.note] : [])];
    return renderEmail({ title, digest, facts, cover: cover ?? null, url, doc }, frame);
  }
  const entries = items.map((item) => summaryOf(item));
  return renderEmailDigest({ title: dayOf(first.at), url: `${frame.site}/`, entries }, frame);
}

/** How long a setting that only a person can mend is left alone. */
const HOUR = 3_600_000;

/** Resend's and Cloudflare's words for a quota that is used up: it ends with the day or the month, not in a minute. */
const QUOTAS = new Set(["daily_quota_exceeded", "monthly_quota_exceeded", "E_DAILY_LIMIT_EXCEEDED"]);

export const email: Kind<Config, Payload> = {
  name: "email",
  config,
  secrets: ["to"],
  mask: (_, value) => maskAddress(value),
  address: null,
  signs: null,
  // Resend takes two letters a second of an office unless it is asked for more (resend.com/docs, usage limits).
  limits: { batch: 18, deadline: 15_000, pace: { credential: 500 } },
  credential: () => "mail",
  // Under the same id Resend sends nothing twice.
  unknown: "resend",
  wants: ({ style }) => (style === "full" ? "text" : "summary"),
  variant: ({ style }) => style,
  compose(items, { style }) {
    const first = items[0]!;
    const frame = frameOf(items, new URL(first.post.url).origin);
    const whole = shownWhole(items, style) !== null;
    const lead = subjectOf(summaryOf(first).title);
    return {
      subject: items.length === 1 ? lead : `${cutText(lead, SUBJECT - 10)} 等${items.length}篇`,
      ...letterOf(items, frame, whole),
      leave: frame.unsubscribe,
    };
  },
  composeAlerts(items) {
    const [first, ...others] = items as readonly [AlertItem, ...AlertItem[]];
    return {
      subject: subjectOf(others.length === 0 ? first.title : `${first.title} 等${items.length}项`),
      text: `${items.map(({ at, title, body }) => `${title}\n${at}\n${body}`).join("\n\n")}\n`,
    };
  },
  request: (payload, { to }) => ({
    transport: "mail",
    url: "mail",
    headers: {},
    body: JSON.stringify({ to, ...payload } satisfies Mail),
  }),
  judge(reply: Reply): Verdict {
    if (reply.type !== "response") return judgeFailure(reply);
    const { status, headers } = reply;
    if (status >= 200 && status < 300) return { type: "accepted", why: `HTTP ${status}` };
    const answer = objectOf(reply.body) ?? {};
    const [name, message] = [textIn(answer["name"]), textIn(answer["message"])];
    const why = `HTTP ${status}${name && ` ${name}`}`;
    // The same id with other words: the letter was taken before, and something in it was recalled since.
    if (status === 409 && name === "invalid_idempotent_request") return { type: "accepted", why };
    if (status === 410) return { type: "gone", why };
    if (status === 400 || status === 413 || status === 422)
      return /[`'"]to[`'"]/.test(message) ? { type: "gone", why } : { type: "rejected", why };
    // The key, the sender or the plan: the office's, not the reader's.
    if (status === 401 || status === 403) return { type: "retry", why, after: HOUR };
    if (status === 429)
      return { type: "retry", why, after: QUOTAS.has(name) ? HOUR : retryAfter(headers), throttled: true };
    return { type: "retry", why, after: retryAfter(headers) };
  },
};
