/** One call of the platform: opened, understood, noted once, answered. */
import { insertAlert } from "../../alerts/store.ts";
import { wakeChannel, wakeShards } from "../../delivery/store.ts";
import { coverOf } from "../../formats/index.ts";
import type { Publication } from "../../newsroom/types.ts";
import { absolute } from "../../platform/address.ts";
import { keyedHash, randomText, type SecretKeys } from "../../platform/crypto.ts";
import type { Statement } from "../../platform/d1.ts";
import type { Guard } from "../../platform/guard.ts";
import { newStamp } from "../../platform/ids.ts";
import { log } from "../../platform/log.ts";
import { HOUR, localDate } from "../../platform/time.ts";
import type { OpenAccount } from "../accounts.ts";
import { readReceipts } from "../books/article-store.ts";
import {
  cardOf,
  type CardPost,
  countFollower,
  insertFinish,
  insertSight,
  latestEdition,
  searchable,
  seenFirst,
} from "./callback-store.ts";
import { readSettings } from "./settings-store.ts";
import { FRESHNESS, openCall, type Query, sealAnswer } from "./envelope.ts";
import type { Finish } from "./finish.ts";
import { type Message, messageOf } from "./message.ts";
import { type Card, CARDS, type Reply, replyXml, type Wish, wishOf } from "./replies.ts";
import { bestMatch } from "./search.ts";

/** What else follows from the end of a job: statements of the batch that notes it, each under the guard. */
type FinishedPort = (db: D1Database, channelId: number, finish: Finish, guard: Guard, now: number) => Statement[];

export interface CallbackDeps {
  db: D1Database;
  keys: SecretKeys;
  /** Where readers reach the site, without a trailing slash. */
  siteUrl: string;
  wechatFinished?: FinishedPort | undefined;
}

/** What goes back over HTTP. */
export interface Answer {
  status: 200 | 400 | 403 | 503;
  body: string;
  type: "text/plain" | "text/xml";
}

const bare = (status: Answer["status"], body = ""): Answer => ({ status, body, type: "text/plain" });

/** "Understood, and nothing to say": the platform sends nothing again and tells the reader nothing. */
export const SUCCESS = bare(200, "success");
/** The answer to whoever is not the platform. */
export const REFUSED = bare(403);
/** A fault of ours: the platform comes again, up to three times. */
export const FAILED = bare(503);

/** The office is told of readers who want a person once in this time. */
const TOLD_AGAIN = HOUR;

/** The account that is called, and the publication in the address. */
export interface Called {
  publication: Pick<Publication, "id" | "slug" | "name">;
  account: OpenAccount;
}

/**
 * The answer to a call. What follows from a message is one batch with the note that it was seen: the platform sends again
 * what was answered late, and whoever comes second changes nothing and is told nothing. `now` is the clock at the edge, ms.
 */
export async function answerCall(
  deps: CallbackDeps,
  called: Called,
  call: { query: Query; body: string },
  now: number,
): Promise<Answer> {
  const { account } = called;
  const opened = await openCall(account.config, call.query, call.body, now);
  if (opened.type === "refused") {
    log("wechat.callback_refused", { channel: account.uid, why: opened.why });
    return REFUSED;
  }
  const message = messageOf(opened.xml);
  if (!message) return bare(400);
  const { settings } = await readSettings(deps.db, account.id);
  const wish = wishOf(message, settings);
  // Read before it is noted: if the Worker dies in between, the platform's next try is answered whole.
  const reply = await replyTo(deps, called, wish);
  const [seen] = await deps.db.batch(await noted(deps, account, message, wish, now));
  if (seen!.meta.changes === 0) return SUCCESS;
  const xml = replyXml(reply, message, now);
  if (xml === null) return SUCCESS;
  const { app_id, token, encoding_aes_key } = account.config;
  if (!opened.sealed) return { status: 200, body: xml, type: "text/xml" };
  const keys = { app_id, token: token!, encoding_aes_key: encoding_aes_key! };
  return { status: 200, body: sealAnswer(keys, xml, now, randomText(12)), type: "text/xml" };
}

/** The batch that notes a message and does what follows from it, once. */
async function noted(
  { db, keys, wechatFinished }: CallbackDeps,
  account: OpenAccount,
  message: Message,
  wish: Wish,
  now: number,
): Promise<Statement[]> {
  const key = await keyedHash(keys.current, `wechat message ${account.uid} ${message.key}`);
  const sight = { channelId: account.id, key, stamp: newStamp() };
  const guard = seenFirst(sight);
  // Until its timestamp is too old to be taken, wherever in the window it was.
  const first = insertSight(db, sight, now + 2 * FRESHNESS);
  switch (message.type) {
    case "subscribe":
    case "unsubscribe":
      return [
        first,
        countFollower(db, account.id, localDate(now, account.config.time_zone), `${message.type}d`, guard),
      ];
    case "finish":
      return [
        first,
        insertFinish(db, account.id, message.finish, now, guard),
        ...(wechatFinished?.(db, account.id, message.finish, guard, now) ?? []),
        ...wakeChannel(db, account.id, now),
      ];
    default:
      return wish.type === "human" ? [first, ...humanWanted(db, account, guard, now)] : [first];
  }
}

/** Tells the office that somebody wants a person; not who, and not what about. */
function humanWanted(db: D1Database, account: OpenAccount, guard: Guard, now: number): Statement[] {
  const kind = "wechat.human";
  const subject = `channel:${account.uid}`;
  const lately: Guard = {
    sql: `${guard.sql} AND NOT EXISTS (SELECT 1 FROM alerts WHERE seq > (SELECT coalesce(max(seq), 0) FROM alerts) - 500
            AND kind = ? AND subject = ? AND at > ?)`,
    args: [...guard.args, kind, subject, now - TOLD_AGAIN],
  };
  const alert = {
    at: now,
    kind,
    title: `有读者在公众号“${account.name}”找人工`,
    body: "请到公众平台的“私信”或客服里回复：读者发出消息后 48 小时内可以回复。一小时内不再提醒。",
    subject,
  };
  return [insertAlert(db, alert, lately), ...wakeShards(db, now, "alert")];
}

async function replyTo(deps: CallbackDeps, called: Called, wish: Wish): Promise<Reply> {
  const { publication } = called;
  const otherwise = (text: string): Reply => (text === "" ? { type: "none" } : { type: "text", text });
  switch (wish.type) {
    case "nothing":
      return { type: "none" };
    case "text":
      return wish;
    case "human":
      return wish.text === null ? { type: "transfer" } : { type: "text", text: wish.text };
    case "today": {
      const before = wish.greeting === null ? [] : [greetingCard(deps, publication, wish.greeting)];
      const posts = await latestEdition(deps.db, publication.id, CARDS.event - before.length);
      if (posts.length === 0) return otherwise(wish.otherwise);
      return { type: "news", cards: [...before, ...(await cardsOf(deps, called, posts))] };
    }
    case "search": {
      const found = bestMatch(wish.words, await searchable(deps.db, publication.id));
      const cards = found ? await cardsOf(deps, called, await cardOf(deps.db, found.id)) : [];
      if (cards.length === 0) return otherwise(wish.otherwise);
      return { type: "news", cards: cards.slice(0, CARDS.message) };
    }
  }
}

/** Cards of posts. Each leads to where it is at WeChat, or to the site while it is not there. */
async function cardsOf(deps: CallbackDeps, { account }: Called, posts: readonly CardPost[]): Promise<Card[]> {
  if (posts.length === 0) return [];
  const receipts = await readReceipts(
    deps.db,
    account.id,
    posts.map(({ uid }) => uid),
  );
  return posts.map(({ uid, title, digest, cover }) => {
    const receipt = receipts[uid];
    const there = receipt?.state === "published" ? receipt.url : null;
    return {
      title,
      digest,
      picture: absolute(cover, deps.siteUrl),
      url: there ?? `${deps.siteUrl}/posts/${uid}`,
    };
  });
}

/** A greeting as the first card: its first line is the title. */
function greetingCard({ siteUrl }: CallbackDeps, { slug, name }: Called["publication"], greeting: string): Card {
  const [title = "", ...rest] = greeting.split("\n");
  const { wide } = coverOf({ cover: null, column: null, publication: slug }, []);
  return {
    title: title === "" ? name : title,
    digest: rest.join("\n").trim(),
    picture: absolute(wide, siteUrl),
    url: `${siteUrl}/publications/${slug}`,
  };
}
