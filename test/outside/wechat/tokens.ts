/** Access tokens: who gets one, which one is good (developers.weixin.qq.com, 获取稳定版接口调用凭据). */
import { type Account, beijingDay, letters, nextId, Refusal, type World } from "./state.ts";

const LIFE = 7_200_000;
const EARLY = 300_000;
const FORCED_A_DAY = 20;
const FORCED_APART = 30_000;

/** As the platform words it: the very address that has to be allowed. */
export function checkAddress(account: Account, ip: string): void {
  if (account.whitelist !== null && !account.whitelist.includes(ip))
    throw new Refusal(40164, `invalid ip ${ip} ipv6 ::ffff:${ip}, not in whitelist`);
}

function accountOf(world: World, app_id: unknown, secret: unknown, ip: string): Account {
  if (typeof app_id !== "string" || app_id === "") throw new Refusal(41002);
  if (typeof secret !== "string" || secret === "") throw new Refusal(41004);
  const account = world.accounts.get(app_id);
  if (!account) throw new Refusal(40013);
  if (account.secret !== secret) throw new Refusal(40125);
  checkAddress(account, ip);
  if (account.token_trouble !== null) throw new Refusal(account.token_trouble);
  return account;
}

function issue(world: World, { app_id }: Account, kind: "stable" | "plain", now: number): string {
  const value = `${nextId(world)}_${letters(world, 130)}`;
  world.tokens.set(value, { app_id, kind, expires: now + LIFE, until: Infinity });
  return value;
}

/** The last token is good for so long yet. */
function supersede(world: World, value: string | null, until: number): void {
  const token = world.tokens.get(value ?? "");
  if (token) token.until = Math.min(token.until, until);
}

const answer = (world: World, value: string, now: number): object => ({
  access_token: value,
  expires_in: Math.floor((world.tokens.get(value)!.expires - now) / 1000),
});

function stable(world: World, account: Account, force: boolean, now: number): object {
  const left = (world.tokens.get(account.stable ?? "")?.expires ?? 0) - now;
  const today = account.forced.filter((at) => beijingDay(at) === beijingDay(now));
  const may = today.length < FORCED_A_DAY && now - (today.at(-1) ?? -Infinity) >= FORCED_APART;
  if (force && may) {
    account.forced.push(now);
    supersede(world, account.stable, now);
    account.stable = issue(world, account, "stable", now);
  } else if (account.stable === null || left <= EARLY) account.stable = issue(world, account, "stable", now);
  return answer(world, account.stable, now);
}

/** Each call's token is the latest, and leaves the last one five minutes. */
function plain(world: World, account: Account, now: number): object {
  supersede(world, account.plain, now + EARLY);
  account.plain = issue(world, account, "plain", now);
  return answer(world, account.plain, now);
}

interface TokenCall {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  ip: string;
}

/** Who asks for a token, as the call says. */
export const askerOf = ({ path, query, body }: TokenCall): string =>
  String((path === "/cgi-bin/token" ? query.get("appid") : body["appid"]) ?? "");

/** `stable_token` and `token`, whose tokens do not know of one another. `counted` throws when the quota is used up. */
export function tokenAnswer(
  world: World,
  call: TokenCall,
  now: number,
  counted: (account: Account, path: string) => void,
): object {
  const isStable = call.path === "/cgi-bin/stable_token";
  if (isStable && call.method !== "POST") throw new Refusal(43002);
  const given = isStable ? call.body : Object.fromEntries(call.query);
  if (given["grant_type"] !== "client_credential") throw new Refusal(40002);
  const account = accountOf(world, given["appid"], given["secret"], call.ip);
  counted(account, call.path);
  return isStable ? stable(world, account, given["force_refresh"] === true, now) : plain(world, account, now);
}

/** Whose token it is; refuses one that is missing, none of ours, expired or superseded. */
export function checkToken(world: World, value: string | null, now: number): Account {
  if (!value) throw new Refusal(41001);
  if (!/^\d+_[\w-]{32,}$/.test(value)) throw new Refusal(40014);
  const token = world.tokens.get(value);
  if (!token || now >= token.until) throw new Refusal(40001);
  if (now >= token.expires) throw new Refusal(42001);
  return world.accounts.get(token.app_id)!;
}
