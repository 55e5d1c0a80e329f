/** All that the office knows of how an account is, without asking the platform: four queries. */
import { massQuota, type MassQuota } from "../../channels/wechat/account.ts";
import { localDate } from "../../platform/time.ts";
import { ZONE } from "../numbers/figures.ts";
import { countPushes } from "../numbers/store.ts";
import { forcedLeft } from "../client/token.ts";
import type { Checking } from "./check.ts";
import { daysLeft, ipStands, type Seen, stands, summaryOf } from "./rules.ts";
import { type KnownHealth, lastPublished, listSeen, readKnown, tokenState } from "./store.ts";

export interface AccountHealth {
  status: "ok" | "degraded";
  why: string[];
  certification: { until: string; daysLeft: number } | null;
  /** The last address that was refused, and whether it still has to be allowed. */
  address: (NonNullable<Seen["refusedIp"]> & { stands: boolean }) | null;
  token: { expiresAt: number; origin: "given" | "fetched"; forcedLeft: number } | null;
  sends: { day: number; month: number; quota: MassQuota };
  published: { post: string; title: string; url: string | null; at: number } | null;
  errorStands: boolean;
  known: KnownHealth;
}

/** How an account is at `now` (ms). */
export async function accountHealth(db: D1Database, account: Checking, now: number): Promise<AccountHealth> {
  const { id, config } = account;
  const today = localDate(now, ZONE);
  const [known, token, sends, published] = await Promise.all([
    readKnown(db, id),
    tokenState(db, id, config.app_id),
    countPushes(db, id, localDate(now, config.time_zone)),
    lastPublished(db, id),
  ]);
  const { certified_until: until } = config;
  return {
    ...summaryOf(known, until, today),
    certification: until === undefined ? null : { until, daysLeft: daysLeft(until, today) },
    address: known.refusedIp && { ...known.refusedIp, stands: ipStands(known) },
    token: token && { expiresAt: token.expiresAt, origin: token.origin, forcedLeft: forcedLeft(token, now) },
    sends: { ...sends, quota: massQuota(config) },
    published,
    errorStands: stands(known),
    known,
  };
}

/** How every account is, in short. One query, which reads nothing where there is no account. */
export async function accountsInShort(
  db: D1Database,
  now: number,
): Promise<{ uid: string; name: string; status: "ok" | "degraded"; why: string[] }[]> {
  const today = localDate(now, ZONE);
  return (await listSeen(db)).map(({ uid, name, certifiedUntil, seen }) => ({
    uid,
    name,
    ...summaryOf(seen, certifiedUntil, today),
  }));
}
