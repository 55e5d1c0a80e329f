/**
 * The daily look at an account: what the platform counted of its readers, what it allows, and whether its certification
 * ends. One account a run, at most fifteen calls; the next account comes with the next tick.
 */
import { secure } from "../../channels/wechat/calls.ts";
import { titleWithin } from "../../channels/wechat/articles.ts";
import type { WechatClient } from "../../channels/wechat/call.ts";
import { judgeAnswer } from "../../channels/wechat/codes.ts";
import type { AccountDeps } from "../accounts.ts";
import { openRow } from "../accounts.ts";
import { fillUrls } from "../books/article-store.ts";
import { addDays, DAY, HOUR, localDate, zonedTime } from "../../platform/time.ts";
import type { Statement } from "../../platform/d1.ts";
import { logFault } from "../../platform/log.ts";
import {
  askQuotas,
  type Checking,
  hopeless,
  lookedInto,
  quotaStatements,
  refusalOf,
  type Refused,
} from "../health/check.ts";
import { certificationNotice } from "../health/rules.ts";
import { claimLook, dueAccounts, putLooked } from "../health/store.ts";
import { forgetTold, noteReached, tellOnce } from "../health/trouble-store.ts";
import { articlesIn, beforeNoon, complete, figuresIn, matched, nextMorning, windowAt, ZONE } from "./figures.ts";
import { putFigures, putReads, receiptsSince } from "./store.ts";

export interface CollectDeps extends AccountDeps {
  wechat: WechatClient;
  wall: () => number;
}

type Answer = Readonly<Record<string, unknown>>;

/** An account without the right to the numbers (they are for certified ones) is asked this seldom. */
const REST = 7 * DAY;
const WITHOUT_RIGHT = 48001;

/** What the office was told of a single day is forgotten after this. */
const TOLD_FOR = 90 * DAY;

/** Looks at the account that has been due the longest. Gives whether another is due. `now` is business time. */
export async function lookAtAccounts(deps: CollectDeps, now: number): Promise<boolean> {
  const [due, another] = await dueAccounts(deps.db, now, 2);
  if (!due) return false;
  // Whatever comes of this look, the next is not the same minute's.
  await claimLook(deps.db, due.id, now + HOUR).run();
  try {
    await lookAt(deps, await openRow(deps, due), due.restUntil, now);
  } catch (error) {
    logFault(`look at account ${due.uid}`, error);
  }
  return another !== undefined;
}

async function lookAt(deps: CollectDeps, account: Checking, restUntil: number, now: number): Promise<void> {
  const { db } = deps;
  const notice = certificationNotice(account.name, account.config.certified_until, localDate(now, ZONE));
  await db.batch([...(notice ? tellOnce(db, account.id, notice, now) : []), forgetTold(db, now - TOLD_FOR)]);
  const rests = restUntil > now;
  const numbers = rests ? null : await collect(deps, account, now);
  const quota = numbers?.refused && hopeless(numbers.refused) ? null : await askQuotas(deps, account);
  const refused = numbers?.refused ?? quota?.refused ?? null;
  await db.batch([
    ...(quota && !quota.refused ? quotaStatements(db, account, quota.quotas, now, deps.wall()) : []),
    ...(refused && hopeless(refused) ? lookedInto(db, account.id, refused, now) : [noteReached(db, account.id, now)]),
    putLooked(
      db,
      account.id,
      {
        nextAt: nextLook(refused, numbers?.late ?? false, now),
        restUntil: rests ? null : refused?.errcode === WITHOUT_RIGHT ? now + REST : 0,
        error: refused ? refusalOf(refused) : rests ? "kept" : null,
        had: numbers !== null && refused === null && !numbers.late,
      },
      now,
    ),
  ]);
}

function nextLook(refused: Refused | null, late: boolean, now: number): number {
  if (refused && !hopeless(refused)) return nextMorning(now);
  return refused || (late && beforeNoon(now)) ? now + HOUR : nextMorning(now);
}

/** Where the statistics say that articles are: an address of the platform's own only. */
const urlsOf = (found: ReturnType<typeof matched>): { post: number; url: string }[] =>
  found.flatMap(({ post, figures: { url } }) =>
    /^https?:\/\/mp\.weixin\.qq\.com\//.test(url) ? [{ post, url: secure(url) }] : [],
  );

interface Collected {
  /** The first refusal, or the one that ended the questions. */
  refused: Refused | null;
  /** The platform has not counted yesterday yet. */
  late: boolean;
}

/** Asks for the figures of the last days and of the articles published in them, and keeps what is answered. */
async function collect(deps: CollectDeps, account: Checking, now: number): Promise<Collected> {
  const { db } = deps;
  const { from, to } = windowAt(now);
  const asking = new Asking(deps, account);
  const summary = await asking.ask("getusersummary", from, to);
  const cumulate = await asking.ask("getusercumulate", from, to);
  const articles = await asking.ask("getbizsummary", from, to);
  const days = figuresIn({ summary, cumulate, articles });
  const statements: Statement[] = days.length > 0 ? [putFigures(db, account.id, days)] : [];
  const receipts = await receiptsSince(db, account.id, zonedTime(from, "00:00", ZONE));
  for (let date = to; date >= from; date = addDays(date, -1)) {
    const published = receipts.filter(({ at }) => localDate(at, ZONE) === date);
    if (published.length === 0) continue;
    const answer = await asking.ask("getarticletotaldetail", date, date);
    const found = answer ? matched(articlesIn(answer), published, titleWithin) : [];
    if (found.length > 0)
      statements.push(putReads(db, account.id, date, found), fillUrls(db, account.id, urlsOf(found)));
  }
  if (statements.length > 0) await db.batch(statements);
  return { refused: asking.refused, late: !complete(days, to) || articles?.["is_delay"] === true };
}

/** Questions to the platform: once one is answered so that none will be, no more are asked. */
class Asking {
  readonly #deps: CollectDeps;
  readonly #account: Checking;
  refused: Refused | null = null;

  constructor(deps: CollectDeps, account: Checking) {
    this.#deps = deps;
    this.#account = account;
  }

  async ask(call: string, from: string, to: string): Promise<Answer | null> {
    if (this.refused && hopeless(this.refused)) return null;
    const reply = await this.#deps.wechat(this.#account, {
      path: `/datacube/${call}`,
      body: { begin_date: from, end_date: to },
    });
    const judged = judgeAnswer(reply, this.#deps.wall());
    if (judged.ok) return judged.value;
    if (!this.refused || hopeless(judged)) this.refused = judged;
    return null;
  }
}
