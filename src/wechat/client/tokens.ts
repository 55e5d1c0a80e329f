/** Gets access tokens: from the table, from the platform, and by force where nothing else helps. */
import type { Account } from "../../channels/wechat/call.ts";
import { judgeAnswer } from "../../channels/wechat/codes.ts";
import type { Reply } from "../../channels/kind.ts";
import type { SecretKeys } from "../../platform/crypto.ts";
import { claimForced, findToken, type Holder, putToken } from "./client-store.ts";
import { chooseToken, forcedAgain } from "./token.ts";

/** A token, or what is answered in its place: the token call's own refusal, or that there is none to be had. */
export type Obtained = { type: "token"; text: string } | { type: "reply"; reply: Reply } | { type: "none" };

/** What getting a token needs. `post` sends JSON to the platform's path, or to its relay's, and never throws. */
export interface TokenDeps {
  db: D1Database;
  keys: SecretKeys;
  wall: () => number;
  post: (path: string, body: object) => Promise<Reply>;
}

/** Whose token, and the AppSecret if the office has it. */
export interface Asking {
  holder: Holder;
  secret: string | null;
}

/** Who asks for an account's token. */
export function askingFor({ id, uid, config }: Account): Asking {
  const { app_id: appId, app_secret: secret } = config as { app_id: string; app_secret?: string };
  return { holder: { id, uid, appId }, secret: secret ?? null };
}

/** How long a token lives where the answer does not say, seconds. */
const USUAL_LIFE = 7200;

/** The token for a call; after the platform has `refused` one, another that somebody else got meanwhile, or a fetched one. */
export async function obtainToken(deps: TokenDeps, asking: Asking, refused: string | null): Promise<Obtained> {
  const found = await findToken(deps.db, asking.holder, deps.keys);
  const choice = chooseToken(found?.token ?? null, refused, asking.secret !== null, deps.wall());
  if (choice.type === "use") return { type: "token", text: choice.text };
  return choice.type === "fetch" ? fetchToken(deps, asking, false) : choice;
}

/** A new token in the place of one that the platform gives and does not take; `none` while the platform would refresh none. */
export async function forceToken(deps: TokenDeps, asking: Asking): Promise<Obtained> {
  const found = await findToken(deps.db, asking.holder, deps.keys);
  if (!found || asking.secret === null) return { type: "none" };
  const next = forcedAgain(found.forced, deps.wall());
  if (next === null || !(await claimForced(deps.db, asking.holder, found.forced, next))) return { type: "none" };
  return fetchToken(deps, asking, true);
}

async function fetchToken(deps: TokenDeps, { holder, secret }: Asking, force: boolean): Promise<Obtained> {
  const asked = deps.wall();
  const body = { grant_type: "client_credential", appid: holder.appId, secret, force_refresh: force };
  const reply = await deps.post("/cgi-bin/stable_token", body);
  const judged = judgeAnswer(reply, asked);
  if (!judged.ok) {
    if (reply.type === "response" && judged.verdict.type !== "unknown") return { type: "reply", reply };
    // The call that the token is for was not made, and is not to be looked into as if it might have been.
    return { type: "reply", reply: { type: "refused", why: `没有发出：取令牌时，${judged.explained.words}` } };
  }
  const { access_token: text, expires_in: life } = judged.value;
  if (typeof text !== "string" || text === "")
    return { type: "reply", reply: { type: "refused", why: "没有发出：取令牌时，微信的回答里没有令牌" } };
  const expiresAt = asked + (typeof life === "number" ? life : USUAL_LIFE) * 1000;
  await (await putToken(deps.db, holder, { text, expiresAt }, "fetched", deps.keys)).run();
  return { type: "token", text };
}
