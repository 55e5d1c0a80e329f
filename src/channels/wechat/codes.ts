/** Judges what the Official Account's API answers. HTTP 200 is no success there: `errcode` in the body decides. */
import { addDays, localDate, MINUTE, SECOND, zonedTime } from "../../platform/time.ts";
import { objectOf, textIn } from "../http.ts";
import type { Reply, Verdict } from "../kind.ts";
import { type CodeEntry, CODES, type ErrorClass, MASS_STATUSES, PUBLISH_STATUSES } from "./code-table.ts";

/** A refusal in words for the office. */
export interface Explained {
  class: ErrorClass;
  /** What is wrong, and where. */
  words: string;
  /** What to do, and who does it. */
  next: string;
  /** The address that the platform saw and does not allow. */
  ip?: string;
}

/** What became of a call: the platform's object, or the refusal and what follows from it. */
export type Judged =
  | { ok: true; value: Readonly<Record<string, unknown>> }
  | { ok: false; verdict: Verdict; errcode: number | null; explained: Explained };

/** What only a person can mend is tried again this often, so that nothing is lost and nobody has to press a button. */
const PERSON_WAIT = 30 * MINUTE;

/** A call that may have been made is looked into after this. */
const UNKNOWN_WAIT = MINUTE;

/** The platform counts by days of this zone. */
const ZONE = "Asia/Shanghai";

/** Beyond midnight, so that a clock that is fast does not cost another day. */
const AFTER_MIDNIGHT = 5 * MINUTE;

/** How long from `now` until the platform counts a new day, ms. */
export const untilPlatformDay = (now: number): number =>
  zonedTime(addDays(localDate(now, ZONE), 1), "00:00", ZONE) + AFTER_MIDNIGHT - now;

/** A refusal of the API in words. A code that no table has is for a person: nobody can know whether it passes by itself. */
export function explain({ errcode, errmsg }: { errcode: number; errmsg: string }): Explained {
  const entry = CODES[errcode];
  return entry ? filled(entry, errmsg) : unlisted(errmsg);
}

/** A `publish_status` in words; null for 0 (published) and 1 (under way). */
export function explainPublish(status: number): Explained | null {
  if (status === 0 || status === 1) return null;
  const entry = PUBLISH_STATUSES[status];
  return entry ? filled(entry, "") : unlisted(`publish_status ${status}`);
}

/** Where the platform's codes of a review of content lie (`err(10001)` to `err(22000)`), and of the administrator's no. */
const REVIEWS = { from: 10_001, to: 22_000 };
const ADMINISTRATOR = 40_001;

/** Whether somebody decided that a message to all must not go out: the platform's review, or the administrator. */
export function isDecided(status: string): boolean {
  const code = Number(/^err\((\d+)\)$/i.exec(status)?.[1]);
  return code === ADMINISTRATOR || (code >= REVIEWS.from && code <= REVIEWS.to);
}

/** The `Status` of MASSSENDJOBFINISH in words; null for a success. */
export function explainMass(status: string): Explained | null {
  if (/^send ?success$/i.test(status)) return null;
  const entry = MASS_STATUSES[Number(/^err\((\d+)\)$/i.exec(status)?.[1])];
  return entry ? filled(entry, "") : unlisted(status);
}

/**
 * Judges an answer at `now`. The content type is not asked: some calls answer JSON as `text/plain`. A verdict `unknown`
 * means that the call may have been made; for a call without an effect it is as good as a retry.
 */
export function judgeAnswer(reply: Reply, now: number): Judged {
  if (reply.type !== "response") return unanswered(reply);
  const { status, body } = reply;
  const answer = answerIn(body);
  const errcode = answer ? codeOf(answer["errcode"]) : null;
  if (!answer || errcode === null) return notThePlatform(status);
  if (errcode !== 0) return refused(errcode, textIn(answer["errmsg"]), now);
  return status >= 200 && status < 300 ? { ok: true, value: answer } : notThePlatform(status);
}

/** A number that JSON.parse would round. Within a text its quotes were escaped, so none of an article's is meant. */
const LONG_ID = /"((?:msg|publish)_id)"\s*:\s*(\d{16,})/g;

/** An answer as an object, its ids of up to 64 bits exact: those that no number holds as texts. Null when it is none. */
export const answerIn = (body: string): ReturnType<typeof objectOf> => objectOf(body.replace(LONG_ID, '"$1":"$2"'));

/** `errcode`, 0 where there is none; null for what is no number. */
function codeOf(value: unknown): number | null {
  if (value === undefined) return 0;
  const code = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof code === "number" && Number.isSafeInteger(code) ? code : null;
}

function refused(errcode: number, errmsg: string, now: number): Judged {
  const explained = explain({ errcode, errmsg });
  return { ok: false, errcode, explained, verdict: verdictOf(errcode, explained, now) };
}

/** What is wrong, and what to do, as one text. */
export const sentence = ({ words, next }: Explained): string => `${words}。${next}`;

function verdictOf(errcode: number, explained: Explained, now: number): Verdict {
  const why = `${errcode} ${sentence(explained)}`;
  if (explained.class === "article") return { type: "rejected", why };
  const { wait, throttled } = CODES[errcode] ?? {};
  const usual = explained.class === "retry" ? 10 * SECOND : PERSON_WAIT;
  const after = wait === "midnight" ? untilPlatformDay(now) : wait === undefined ? usual : wait * MINUTE;
  return { type: "retry", why, after, ...(throttled && { throttled }) };
}

function unanswered(reply: Exclude<Reply, { type: "response" }>): Judged {
  if (reply.type === "refused") {
    const explained: Explained = {
      class: "account",
      words: `没有发出：${reply.why}`,
      next: "请渠道管理员检查渠道设置",
    };
    return { ok: false, errcode: null, explained, verdict: { type: "retry", why: reply.why, after: PERSON_WAIT } };
  }
  const said = reply.type === "timeout" ? "微信没有在规定时间内回答" : `与微信的连接中断：${plain(reply.why)}`;
  return unclear(said);
}

function unclear(words: string): Judged {
  const explained: Explained = { class: "retry", words, next: "不用处理，刊发先查明这次调用是否生效，再自动继续" };
  const verdict: Verdict = { type: "unknown", why: sentence(explained), after: UNKNOWN_WAIT };
  return { ok: false, errcode: null, explained, verdict };
}

/** An answer that is not the platform's JSON: an error page of a relay, a page to log in at, an answer that was cut. */
function notThePlatform(status: number): Judged {
  if (status >= 500 || (status >= 200 && status < 300))
    return unclear(`收到的不是微信的回答（HTTP ${status}），多半是转发服务器的错误页`);
  const explained: Explained = {
    class: "account",
    words: status === 413 ? "转发服务器不收这么大的内容（HTTP 413）" : `转发服务器没有转发（HTTP ${status}）`,
    next:
      status === 413
        ? "请维护人员把转发服务器允许的请求大小调到 12 MB 以上"
        : "请维护人员检查 KANFA_API_BASES 里的地址和转发服务器",
  };
  return {
    ok: false,
    errcode: null,
    explained,
    verdict: { type: "retry", why: sentence(explained), after: PERSON_WAIT },
  };
}

function filled({ class: kind, words, next }: CodeEntry, errmsg: string): Explained {
  if (!(words + next).includes("{ip}")) return { class: kind, words, next };
  const ip = ipIn(errmsg);
  const shown = ip ?? "（刊发或转发服务器的出口地址）";
  const fill = (text: string): string => text.replaceAll("{ip}", shown);
  return { class: kind, words: fill(words), next: fill(next), ...(ip !== null && { ip }) };
}

const unlisted = (said: string): Explained => ({
  class: "person",
  words: `微信拒绝了，刊发不认识这个错误码${said && `；微信说：${plain(said)}`}`,
  next: "请把错误码和微信的话转给维护刊发的人；刊发每半小时再试一次",
});

/**
 * The address in words like `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist`, null without one. IPv4 goes first:
 * the other is most often the same, mapped.
 */
export function ipIn(errmsg: string): string | null {
  const [four] = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)/.exec(errmsg) ?? [];
  if (four !== undefined && four.split(".").every((part) => Number(part) <= 255)) return four;
  return /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/i.exec(errmsg)?.[0] ?? null;
}

/** The platform's words on one line, without what may be a token, a key or a secret. */
const plain = (said: string): string =>
  [
    ...said
      .toWellFormed()
      .replaceAll(/[\p{Cc}\s]+/gu, " ")
      .replaceAll(/[\w-]{30,}/g, "•••"),
  ]
    .slice(0, 160)
    .join("");
