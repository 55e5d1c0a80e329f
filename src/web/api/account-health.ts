/** How an Official Account is, what the platform counts of its readers, and its allowance of calls. */
import { Hono } from "hono";
import { z } from "zod";
import { judgeAnswer } from "../../channels/wechat/codes.ts";
import { audit } from "../../newsroom/audit-store.ts";
import { conflict, invalid } from "../../platform/problem.ts";
import { addDays, DAY, iso, isoOrNull, localDate } from "../../platform/time.ts";
import { accountHealth, type AccountHealth } from "../../wechat/health/account-health.ts";
import { check, type Checking, isFresh } from "../../wechat/health/check.ts";
import { lookSoon, readKnown } from "../../wechat/health/store.ts";
import { ZONE } from "../../wechat/numbers/figures.ts";
import { listDays, listReads } from "../../wechat/numbers/store.ts";
import type { App, Ctx } from "../context.ts";
import { requireAccount } from "./account.ts";
import { requireScope } from "./auth.ts";
import { readJson, readQuery } from "./body.ts";
import { operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

export const accountHealthRoutes = new Hono<App>();
const tag = "channels";

async function accountOfRequest(c: Ctx): Promise<Checking> {
  const { id, uid, name, config } = await requireAccount(c);
  return { id, uid, name, config: config as Checking["config"] };
}

const view = ({ known, ...health }: AccountHealth) => ({
  status: health.status,
  why: health.why,
  certification: health.certification && {
    until: health.certification.until,
    days_left: health.certification.daysLeft,
  },
  whitelist: health.address && {
    refused_ip: health.address.ip,
    code: health.address.code,
    at: iso(health.address.at),
    still_refused: health.address.stands,
  },
  token: health.token && {
    expires_at: iso(health.token.expiresAt),
    origin: health.token.origin,
    forced_refreshes_left: health.token.forcedLeft,
  },
  quota: known.quota,
  mass_sends: {
    today: health.sends.day,
    per_day: health.sends.quota.day,
    month: health.sends.month,
    per_month: health.sends.quota.month,
  },
  callback: known.callback,
  checked_at: isoOrNull(known.checkedAt),
  last_published: health.published && { ...health.published, at: iso(health.published.at) },
  last_error: known.error && { ...known.error, at: iso(known.error.at), stands: health.errorStands },
  numbers: { complete_at: isoOrNull(known.numbersAt), error: known.numbersError },
});

accountHealthRoutes.get(
  "/channels/:id/health",
  operation({
    summary: "How an Official Account is, as it was last seen; asks the platform nothing",
    tag,
    scope: "channels",
    answer: "`status`, and in `why` what a person has to do.",
  }),
  async (c) => {
    requireScope(c, "channels");
    const account = await accountOfRequest(c);
    c.header("cache-control", "no-store");
    return c.json(view(await accountHealth(c.get("deps").db, account, c.get("now"))));
  },
);

accountHealthRoutes.post(
  "/channels/:id/health/check",
  operation({
    summary: "Ask the platform for an account's allowances and for its way to the callback",
    tag,
    scope: "channels",
    body: schemas.nothing,
    answer:
      "The health thereafter, and in `check_error` why the platform could not be asked. Within five minutes of the last check nothing is asked.",
  }),
  async (c) => {
    requireScope(c, "channels");
    const deps = c.get("deps");
    const now = c.get("now");
    await readJson(c, schemas.nothing);
    const account = await accountOfRequest(c);
    const { checkedAt } = await readKnown(deps.db, account.id);
    const fresh = isFresh(checkedAt, deps.wall());
    const error = fresh ? null : await check(deps, account, now);
    if (!fresh && error === null) await lookSoon(deps.db, account.id).run();
    return c.json({ ...view(await accountHealth(deps.db, account, now)), check_error: error });
  },
);

accountHealthRoutes.post(
  "/channels/:id/quota/clear",
  operation({
    summary: "Clear the day's count of an account's calls; the platform allows it ten times a month",
    tag,
    scope: "channels",
    body: schemas.nothing,
    status: 204,
    answer: "Cleared. 409 with the platform's reason where it did not.",
  }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const deps = c.get("deps");
    const now = c.get("now");
    await readJson(c, schemas.nothing);
    const account = await accountOfRequest(c);
    const call = { path: "/cgi-bin/clear_quota", body: { appid: account.config.app_id } };
    const judged = judgeAnswer(await deps.wechat(account, call), deps.wall());
    if (!judged.ok)
      throw conflict(`The platform cleared nothing: ${judged.explained.words}。${judged.explained.next}。`);
    const subject = `channel:${account.uid}`;
    await audit(deps.db, { at: now, actor: actor.name, action: "channel.quota_cleared", subject, detail: {} }).run();
    return c.body(null, 204);
  },
);

const date = z.iso.date();
const range = z.strictObject({ from: date.optional(), to: date.optional() });

/** The longest range of days that is listed. */
const LONGEST = 366;

accountHealthRoutes.get(
  "/channels/:id/numbers",
  operation({
    summary: "What the platform counted of an account's readers, by day and by post; the last 30 days without a range",
    tag,
    scope: "channels",
    query: range,
    answer: "Days with what the callback counted beside them, and the posts published in the range.",
  }),
  async (c) => {
    requireScope(c, "channels");
    const { db } = c.get("deps");
    const query = readQuery(c, range);
    const to = query.to ?? localDate(c.get("now"), ZONE);
    const from = query.from ?? addDays(to, -29);
    const days = (Date.parse(to) - Date.parse(from)) / DAY + 1;
    if (days < 1) throw invalid("from", "must not lie after to");
    if (days > LONGEST) throw invalid("from", `may lie ${LONGEST - 1} days before to at most`);
    const { id } = await accountOfRequest(c);
    const [counted, posts, known] = await Promise.all([
      listDays(db, id, from, to),
      listReads(db, id, from, to),
      readKnown(db, id),
    ]);
    return c.json({
      from,
      to,
      days: counted.map(({ subscribed, unsubscribed, ...day }) => ({
        ...day,
        callback: subscribed === null ? null : { came: subscribed, went: unsubscribed },
      })),
      posts,
      complete_at: isoOrNull(known.numbersAt),
      error: known.numbersError,
    });
  },
);
