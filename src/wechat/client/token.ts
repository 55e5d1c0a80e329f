/**
 * Which access token a call is made with: plain functions. `stable_token` gives everyone who asks the same token, so two
 * who fetch at the same time do no harm (developers.weixin.qq.com, getStableAccessToken).
 */
import { localDate, MINUTE, SECOND } from "../../platform/time.ts";

/** The platform renews a token this long before it expires, ms; a fetch gets the new one from then on. */
const EARLY = 5 * MINUTE;

/** A forced refresh makes the present token invalid: the platform takes so many a day, so far apart. */
const FORCED_A_DAY = 20;
const FORCED_APART = 30 * SECOND;

/** Forced refreshes so far: `on` is the platform's day of the last one, `count` how many on it, `at` when, wall clock. */
export interface Forced {
  on: string;
  count: number;
  at: number;
}

/** An account's token as it is known. */
export interface Token {
  text: string;
  /** Wall clock, ms. */
  expiresAt: number;
}

/** What to do for a token. `none`: there is no way to one. */
type Choice = { type: "use"; text: string } | { type: "fetch" } | { type: "none" };

/**
 * The token for a call at `now` (wall clock); `refused` is one that the platform has just refused. Without an AppSecret
 * (`canFetch`) a token from outside is used until it is refused, expired or not: nobody here can get another.
 */
export function chooseToken(known: Token | null, refused: string | null, canFetch: boolean, now: number): Choice {
  const fits = known !== null && known.text !== refused;
  if (fits && (!canFetch || known.expiresAt - EARLY > now)) return { type: "use", text: known.text };
  return { type: canFetch ? "fetch" : "none" };
}

/** The count with one more forced refresh at `now` (wall clock), or null if the platform would take none. */
export function forcedAgain({ on, count, at }: Forced, now: number): Forced | null {
  const today = localDate(now, "Asia/Shanghai");
  if (now - at < FORCED_APART) return null;
  if (on !== today) return { on: today, count: 1, at: now };
  return count < FORCED_A_DAY ? { on, count: count + 1, at: now } : null;
}

/** How many forced refreshes the platform would still take today. */
export const forcedLeft = ({ on, count }: Pick<Forced, "on" | "count">, now: number): number =>
  on === localDate(now, "Asia/Shanghai") ? FORCED_A_DAY - count : FORCED_A_DAY;
