/** Asks the platform how it stands with an account. Calls of quota and callback/check are counted: nobody asks more than needed. */
import type { AccountConfig } from "../../channels/wechat/account.ts";
import type { Account, WechatClient } from "../../channels/wechat/call.ts";
import { judgeAnswer, type Judged, sentence } from "../../channels/wechat/codes.ts";
import type { Statement } from "../../platform/d1.ts";
import { MINUTE } from "../../platform/time.ts";
import { type CallbackCheck, type CallQuota, callsOf, quotaNotice, type Refusal } from "./rules.ts";
import { putChecked } from "./store.ts";
import { noteReached, noteTrouble, tellOnce } from "./trouble-store.ts";

interface CheckDeps {
  db: D1Database;
  wechat: WechatClient;
  wall: () => number;
}

/** An account with its settings opened. */
export interface Checking extends Account {
  name: string;
  config: AccountConfig & Record<string, unknown>;
}

/** What was found is as good as new for this long. */
const FRESH = 5 * MINUTE;

/** Whether live checks of `checkedAt` need not be repeated. */
export const isFresh = (checkedAt: number | null, wall: number): boolean =>
  checkedAt !== null && wall - checkedAt < FRESH;

export type Refused = Extract<Judged, { ok: false }>;

/** A refusal as it is kept. */
export const refusalOf = ({ errcode, explained }: Refused): Refusal & { ip?: string } => ({
  code: String(errcode ?? "unreached"),
  words: explained.words,
  next: explained.next,
  ...(explained.ip !== undefined && { ip: explained.ip }),
});

/** Whether a refusal keeps every other call as well, so that asking on is of no use. */
export const hopeless = (judged: Judged): boolean =>
  !judged.ok && (judged.errcode === null || !OF_THE_CALL.has(judged.errcode));

/** Refusals of one call alone: no right to it, not there any more, asked wrongly, its day's allowance used up. */
const OF_THE_CALL: ReadonlySet<number> = new Set([48001, 47009, 61500, 61501, 76021, 45009, 40201, 40202, 40203]);

/** The allowances of the account's calls; what could not be had is missing, with the refusal that kept it. */
export async function askQuotas(
  deps: Pick<CheckDeps, "wechat" | "wall">,
  account: Checking,
): Promise<{ quotas: Record<string, CallQuota>; refused: Refused | null }> {
  const quotas: Record<string, CallQuota> = {};
  for (const path of callsOf(account.config)) {
    const reply = await deps.wechat(account, { path: "/cgi-bin/openapi/quota/get", body: { cgi_path: path } });
    const judged = judgeAnswer(reply, deps.wall());
    if (!judged.ok && hopeless(judged)) return { quotas, refused: judged };
    const quota = judged.ok ? quotaIn(judged.value["quota"]) : null;
    if (quota) quotas[path] = quota;
  }
  return { quotas, refused: null };
}

function quotaIn(value: unknown): CallQuota | null {
  const { daily_limit: limit, used, remain } = (value ?? {}) as Record<string, unknown>;
  return typeof limit === "number" && typeof used === "number"
    ? { limit, used, left: typeof remain === "number" ? remain : Math.max(0, limit - used) }
    : null;
}

/** What the platform finds on its way to the callback; a lost ping alone proves nothing, since many servers answer none. */
async function askCallback(deps: Pick<CheckDeps, "wechat" | "wall">, account: Checking): Promise<CallbackCheck | null> {
  const body = { action: "all", check_operator: "DEFAULT" };
  const judged = judgeAnswer(await deps.wechat(account, { path: "/cgi-bin/callback/check", body }), deps.wall());
  if (!judged.ok) {
    if (judged.errcode !== 40201) return null;
    // An account need not have one: it then answers readers by what is set at the platform.
    const used = account.config.token !== undefined;
    return { ok: !used, words: used ? sentence(judged.explained) : "没有使用回调" };
  }
  const list = (name: string): Record<string, unknown>[] =>
    Array.isArray(judged.value[name]) ? (judged.value[name] as Record<string, unknown>[]) : [];
  const [dns, ping] = [list("dns"), list("ping")];
  if (dns.length === 0)
    return { ok: false, words: "微信解析不了回调地址的域名。请维护人员检查域名解析，请公众号管理员核对服务器地址" };
  const lost = ping.filter(({ package_loss: loss }) => loss !== "0%").length;
  const words = `域名解析到 ${dns.length} 个地址${lost === 0 ? "，都能连通" : `，其中 ${lost} 个没有回应 ping（不一定是故障）`}`;
  return { ok: true, words };
}

/** Statements for what the platform says of an account's allowances: kept, and told if they are less than is counted on. */
export function quotaStatements(
  db: D1Database,
  account: Checking,
  quotas: Readonly<Record<string, CallQuota>>,
  now: number,
  wall: number,
): Statement[] {
  const notice = quotaNotice(account.name, account.config, quotas);
  return [
    putChecked(db, account.id, { quota: quotas, callback: null }, wall),
    ...(notice ? tellOnce(db, account.id, notice, now) : []),
  ];
}

/**
 * What is noted of a refusal that came while the office only looked: what the platform said and a person has to mend. A
 * call that was not answered says nothing of the account, and is made again.
 */
export const lookedInto = (db: D1Database, accountId: number, refused: Refused, now: number): Statement[] =>
  refused.errcode === null || refused.explained.class === "retry"
    ? []
    : noteTrouble(db, accountId, refusalOf(refused), now);

/** All live checks of an account, kept; gives what kept them from being made. `now` in ms. */
export async function check(deps: CheckDeps, account: Checking, now: number): Promise<Refusal | null> {
  const { db, wall } = deps;
  const { quotas, refused } = await askQuotas(deps, account);
  if (refused) {
    const noted = lookedInto(db, account.id, refused, now);
    if (noted.length > 0) await db.batch(noted);
    const { code, words, next } = refusalOf(refused);
    return { code, words, next };
  }
  const callback = await askCallback(deps, account);
  await db.batch([
    ...quotaStatements(db, account, quotas, now, wall()),
    putChecked(db, account.id, { quota: null, callback }, wall()),
    noteReached(db, account.id, now),
  ]);
  return null;
}
