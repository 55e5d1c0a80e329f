/**
 * What kinds that speak JSON over HTTP share: the call, and how answers are read. Most platforms say 200 and put what
 * became of the message into the body.
 */
import type { Outgoing, Reply, Verdict } from "./kind.ts";
import { judgeFailure } from "./kind.ts";
import { retryAfter } from "./retry-after.ts";

/** What a platform's code means for a delivery. `why` is read by people: what is wrong and what to do. */
export type Meaning =
  /** Too fast: the platform takes nothing for `after` ms. */
  | { as: "wait"; after: number; why: string }
  /** It passes by itself, or when a person has mended the robot's settings: held and tried again, nothing is lost. */
  | { as: "retry"; why: string }
  /** The message is at fault. */
  | { as: "rejected"; why: string }
  /** The robot, the hook or the chat is no more. */
  | { as: "gone"; why: string };

/** A POST of JSON. */
export const postJson = (url: string, body: string, headers: Readonly<Record<string, string>> = {}): Outgoing => ({
  transport: "http",
  url,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body,
});

type Answered = Extract<Reply, { type: "response" }>;

/** The verdict that a code's meaning comes to. */
export function verdictOf(code: string | number, { as, ...said }: Meaning, headers: Answered["headers"] = {}): Verdict {
  const why = `${code} ${said.why}`;
  if (as !== "wait") return { type: as, why };
  const after = Math.max("after" in said ? said.after : 0, retryAfter(headers) ?? 0);
  return { type: "retry", why, after, throttled: true };
}

/** A body as a JSON object; null when it is none: a page to log in at, an empty answer. */
export function objectOf(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/**
 * Whether a body was a JSON object before it was cut: only so much of an answer is read, and an answer that repeats a
 * long message is longer.
 */
export const isCutObject = (body: string): boolean => body.startsWith("{") && body.length > 10_000 && !objectOf(body);

/** A member of an answer as a text, empty when it is none. */
export const textIn = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Judges by `read`, which knows the platform's answers; what it makes nothing of (null) is judged by the HTTP status. A
 * 2xx alone is no success: whoever answers so is not the platform.
 */
export function judgeBy(reply: Reply, read: (answer: Answered) => Verdict | null): Verdict {
  if (reply.type !== "response") return judgeFailure(reply);
  const verdict = read(reply);
  if (verdict !== null) return verdict;
  const { status, headers } = reply;
  const why = `HTTP ${status}`;
  const after = retryAfter(headers);
  if (succeeded(status)) return { type: "retry", why: `${why}, but not the platform's answer` };
  if (status >= 300 && status < 400) return { type: "retry", why: `${why}: redirects are not followed` };
  if (status === 429) return { type: "retry", why, after, throttled: true };
  return { type: "retry", why, after };
}

const succeeded = (status: number): boolean => status >= 200 && status < 300;

/**
 * Judges the answers of platforms that put a code and words into a JSON object, 0 for success. A code that `meaningOf`
 * does not know is tried again: nothing is lost over it, and the ledger has the platform's words.
 */
export function judgeCode(
  reply: Reply,
  members: { code: string; words: string },
  meaningOf: (code: number, words: string) => Meaning | undefined,
): Verdict {
  return judgeBy(reply, ({ status, headers, body }) => {
    const answer = objectOf(body);
    const code = answer?.[members.code];
    if (!answer || typeof code !== "number") return null;
    const words = textIn(answer[members.words]);
    if (code === 0) return succeeded(status) ? { type: "accepted", why: `${members.code} 0` } : null;
    const meaning = meaningOf(code, words);
    return meaning ? verdictOf(code, meaning, headers) : unlisted(code, words);
  });
}

/** The words of a code that no table has: the platform's own, as far as an alert has room for them. */
export const unlisted = (code: string | number, said: string): Verdict => ({
  type: "retry",
  why: `${code} ${said.slice(0, 100) || "without words"}`,
});
