/** How an account is, as plain functions over what was last seen of it. */
import type { AccountConfig } from "../../channels/wechat/account.ts";
import { massQuota } from "../../channels/wechat/account.ts";
import { CODES, type ErrorClass } from "../../channels/wechat/code-table.ts";
import { DAY } from "../../platform/time.ts";

/** What keeps an account, in words: the platform's code, or a word for what has none. */
export interface Refusal {
  code: string;
  words: string;
  next: string;
}

/** The last refusal, and when. */
export interface LastError extends Refusal {
  class: ErrorClass;
  at: number;
}

/** What is known of an account without asking the platform. Times in ms. */
export interface Seen {
  error: LastError | null;
  /** The last address that the platform did not allow. */
  refusedIp: { ip: string; code: string; at: number } | null;
  /** When a call was last answered. */
  reachedAt: number;
  /** When a push last went through. */
  goodAt: number;
  callback: CallbackCheck | null;
}

/** What the platform says of the way from it to our callback. */
export interface CallbackCheck {
  ok: boolean;
  words: string;
}

/** Refusals of whoever calls, not of what was called: they are over as soon as any call is answered. */
const OF_ACCESS: ReadonlySet<string> = new Set(
  [40001, 40002, 40013, 40014, 40125, 40164, 40243, 41001, 41002, 41004, 42001, 50004, 50007, 61004]
    .concat([89501, 89503, 89506, 89507])
    .map(String),
);

/** Who mends what this code refuses; one that no table has is for a person. */
export const classOf = (code: string): ErrorClass => CODES[Number(code)]?.class ?? "person";

/** Whether the last refusal still stands: nothing has gone through since. */
export function stands({ error, reachedAt, goodAt }: Pick<Seen, "error" | "reachedAt" | "goodAt">): boolean {
  if (error === null || error.class === "retry" || error.class === "article") return false;
  return error.at > goodAt && (!OF_ACCESS.has(error.code) || error.at > reachedAt);
}

/** Whether an address that was refused is still to be allowed. */
export const ipStands = ({ refusedIp, reachedAt }: Pick<Seen, "refusedIp" | "reachedAt">): boolean =>
  refusedIp !== null && refusedIp.at > reachedAt;

/** How many days after `today` the day `until` lies; negative when it is over. */
export const daysLeft = (until: string, today: string): number => (Date.parse(until) - Date.parse(today)) / DAY;

/** Days before the end of the certification on which the office is told. */
const TOLD_BEFORE = [0, 7, 30];

/** Something to tell the office once: `about` says what of, and what changes there is told anew. */
export interface Notice {
  what: string;
  about: string;
  title: string;
  body: string;
}

/** What is to be told of the end of the certification, if anything; the nearest threshold only. */
export function certificationNotice(name: string, until: string | undefined, today: string): Notice | null {
  if (until === undefined) return null;
  const left = daysLeft(until, today);
  const threshold = TOLD_BEFORE.find((days) => left <= days);
  if (threshold === undefined) return null;
  const title =
    left < 0
      ? `公众号“${name}”的认证已过期`
      : left === 0
        ? `公众号“${name}”的认证今天到期`
        : `公众号“${name}”的认证还有 ${left} 天到期`;
  const body = `认证有效期到 ${until}。请公众号管理员登录公众平台（mp.weixin.qq.com）办理年审；过期后不能自动发布和群发。办好后请渠道管理员更新渠道的 certified_until。`;
  return { what: `certified:${threshold}`, about: until, title, body };
}

/** The platform's allowance of one call. */
export interface CallQuota {
  limit: number;
  used: number;
  left: number;
}

const SENDALL = "/cgi-bin/message/mass/sendall";
const PUSHING = ["/cgi-bin/draft/add", "/cgi-bin/media/uploadimg", "/cgi-bin/material/add_material"];

/** The calls whose allowance counts for an account: those that its pushes make. */
export const callsOf = (config: Pick<AccountConfig, "mode">): string[] =>
  config.mode === "certified" || config.mode === "service"
    ? [...PUSHING, "/cgi-bin/freepublish/submit", SENDALL]
    : PUSHING;

/** What is to be told of allowances that are less than the configuration counts on. */
export function quotaNotice(
  name: string,
  config: AccountConfig,
  quotas: Readonly<Record<string, CallQuota>>,
): Notice | null {
  const { limit } = quotas[SENDALL] ?? {};
  const { day } = massQuota(config);
  if (limit === undefined || limit >= day) return null;
  return {
    what: "quota:sendall",
    about: `${limit}<${day}`,
    title: `公众号“${name}”每天只能群发 ${limit} 次，渠道设置是 ${day} 次`,
    body: `微信给这个公众号的群发接口每天 ${limit} 次。请渠道管理员把渠道的 mass_per_day 改为 ${limit}；单位另获批过更多次数的，请公众号管理员向微信核实。`,
  };
}

/** How an account is: `degraded` while a person has to do something before it publishes again, and what. */
export function summaryOf(
  seen: Seen,
  certifiedUntil: string | undefined,
  today: string,
): { status: "ok" | "degraded"; why: string[] } {
  const why = [
    ...(stands(seen) ? [`${seen.error!.words}。${seen.error!.next}`] : []),
    ...(certifiedUntil !== undefined && daysLeft(certifiedUntil, today) < 0
      ? [`认证已在 ${certifiedUntil} 过期。请公众号管理员办理年审`]
      : []),
    ...(seen.callback?.ok === false ? [seen.callback.words] : []),
  ];
  return { status: why.length === 0 ? "ok" : "degraded", why };
}
