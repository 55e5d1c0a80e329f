/** How often each path may be called, and what an account may know and do about it. */
import {
  type Account,
  beijingDay,
  type Handlers,
  type Limit,
  OK,
  post,
  Refusal,
  seconds,
  type World,
} from "./state.ts";

const USUAL: Limit = { day: 10_000, minute: 1_000 };

/** Numbers of our own but for the token's: what counts is that a client reads them with `openapi/quota/get`. */
const LIMITS: Readonly<Record<string, Limit>> = {
  "/cgi-bin/stable_token": { day: 500_000, minute: 10_000 },
  "/cgi-bin/token": { day: 2_000, minute: 1_000 },
  "/cgi-bin/media/uploadimg": { day: 5_000, minute: 600 },
  "/cgi-bin/material/add_material": { day: 1_000, minute: 300 },
  "/cgi-bin/draft/add": { day: 1_000, minute: 300 },
  "/cgi-bin/freepublish/submit": { day: 100, minute: 60 },
  "/cgi-bin/message/mass/sendall": { day: 100, minute: 60 },
  "/cgi-bin/message/mass/preview": { day: 100, minute: 60 },
};
const CLEARS = { all: 10, one: 50 };

const limitOf = (account: Account, path: string): Limit => account.limits[path] ?? LIMITS[path] ?? USUAL;
const dayKey = (path: string, now: number): string => `${path} ${beijingDay(now)}`;
const minuteKey = (path: string, now: number): string => `${path} ${Math.floor(now / 60_000)}`;

/** Counts a call; refuses it when the day's or the minute's are used up. */
export function count(account: Account, path: string, now: number): void {
  const limit = limitOf(account, path);
  const [day, minute] = [dayKey(path, now), minuteKey(path, now)];
  const calls = (key: string): number => account.calls.get(key) ?? 0;
  if (calls(day) >= limit.day) throw new Refusal(45009);
  if (calls(minute) >= limit.minute) throw new Refusal(45011);
  account.calls.set(day, calls(day) + 1);
  account.calls.set(minute, calls(minute) + 1);
}

function clear(account: Account, which: "all" | "one", path: string | null, now: number): object {
  const month = beijingDay(now).slice(0, 7);
  const times = account.cleared[which];
  if (times.filter((at) => beijingDay(at).startsWith(month)).length >= CLEARS[which]) throw new Refusal(48006);
  times.push(now);
  if (path === null) account.calls.clear();
  else account.calls.delete(dayKey(path, now));
  return OK;
}

/** Quotas, as an account asks for them; `known` says which paths there are. */
export const quotaHandlers = (known: (path: string) => boolean): Handlers => ({
  "/cgi-bin/openapi/quota/get": post(({ account, body, now }) => {
    const path = String(body["cgi_path"] ?? "");
    if (!known(path)) throw new Refusal(76021);
    const { day, minute } = limitOf(account, path);
    const used = account.calls.get(dayKey(path, now)) ?? 0;
    return {
      ...OK,
      quota: { daily_limit: day, used, remain: Math.max(0, day - used) },
      rate_limit: { call_count: minute, refresh_second: 60 },
    };
  }),
  "/cgi-bin/clear_quota": post(({ account, body, now }) => {
    if (body["appid"] !== account.app_id) throw new Refusal(40013);
    return clear(account, "all", null, now);
  }),
  "/cgi-bin/openapi/quota/clear": post(({ account, body, now }) => {
    const path = String(body["cgi_path"] ?? "");
    if (!known(path)) throw new Refusal(76021);
    return clear(account, "one", path, now);
  }),
  "/cgi-bin/openapi/rid/get": post(({ world, account, body, now }) => {
    const kept = world.rids.get(String(body["rid"] ?? ""));
    if (!kept || kept.app_id !== account.app_id || now - kept.at > 7 * 86_400_000) throw new Refusal(76022);
    return { ...OK, request: { invoke_time: seconds(kept.at), cost_in_ms: 30, ...kept.request } };
  }),
});

/** `clear_quota/v2` goes by the secret, since a token may be what cannot be had. */
export function clearBySecret(world: World, query: Record<string, unknown>, now: number): object {
  const account = world.accounts.get(String(query["appid"] ?? ""));
  if (!account) throw new Refusal(40013);
  if (account.secret !== query["appsecret"]) throw new Refusal(40125);
  return clear(account, "all", null, now);
}
