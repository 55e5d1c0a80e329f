/** Followers: who they are, what they may be told, and what they say. */
import { decrypt, signature } from "./envelope.ts";
import { openid, originalId, type PostEvent, sealed, tag, text } from "./events.ts";
import { certified } from "./publish.ts";
import {
  type Account,
  type Call,
  get,
  type Handlers,
  letters,
  nextId,
  OK,
  post,
  Refusal,
  seconds,
  type World,
} from "./state.ts";

const WINDOW = 48 * 3_600_000;
const ANSWERS = 5;
const LISTED = 10_000;
const TYPES = new Set(["text", "image", "news", "mpnews", "mpnewsarticle"]);

function customSend({ account, body, now, effect }: Call): object {
  certified(account);
  const to = String(body["touser"] ?? "");
  if (!/^o[\w-]{27}$/.test(to)) throw new Refusal(40003);
  if (!TYPES.has(String(body["msgtype"]))) throw new Refusal(40008);
  const talk = account.talks.get(to);
  if (!talk || now - talk.at > WINDOW) throw new Refusal(45015);
  if (talk.answers >= ANSWERS) throw new Refusal(45047);
  talk.answers++;
  effect("message", to);
  return OK;
}

export const followerHandlers: Handlers = {
  "/cgi-bin/message/custom/send": post(customSend),
  "/cgi-bin/user/get": get(({ account, query }) => {
    const from = Number(/\d+$/.exec(query.get("next_openid") ?? "")?.[0] ?? 0);
    const count = Math.max(0, Math.min(LISTED, account.followers - from));
    const list = Array.from({ length: count }, (_, at) => openid(String(from + at + 1)));
    return { total: account.followers, count, data: { openid: list }, next_openid: list.at(-1) ?? "" };
  }),
  "/cgi-bin/getcallbackip": get(() => ({ ip_list: ["101.226.103.0/25", "203.205.151.0/25"] })),
  "/cgi-bin/get_api_domain_ip": get(() => ({ ip_list: ["101.226.212.27", "203.205.239.94"] })),
  "/cgi-bin/callback/check": post(({ account, body }) => {
    if (!["all", "dns", "ping"].includes(String(body["action"] ?? ""))) throw new Refusal(40202);
    if (account.callback === null) throw new Refusal(40201);
    const ip = "198.51.100.7";
    return {
      dns: [{ ip, real_operator: "UNICOM" }],
      ping: [{ ip, from_operator: "UNICOM", package_loss: "0%", time: "20.1ms" }],
    };
  }),
};

/** How the platform shows the account's messages to it: members in the order of its pages. */
export interface Saying {
  from: string;
  MsgType: "text" | "event" | "image";
  [member: string]: string;
}

/**
 * A follower says something, or clicks. Gives what the account answers at once: the XML, or an empty text for `success`
 * and for nothing. `name` makes his openid.
 */
export async function say(world: World, account: Account, { from, ...said }: Saying, send: PostEvent): Promise<string> {
  if (!account.callback) throw new Error("the account has no callback");
  const who = openid(from);
  account.talks.set(who, { at: world.now(), answers: 0 });
  const members = Object.entries(said).map(([name, value]) => tag(name, text(value)));
  const id = said.MsgType === "event" ? "" : tag("MsgId", `2334567${String(nextId(world)).padStart(10, "0")}`);
  const head = tag("ToUserName", text(originalId(account))) + tag("FromUserName", text(who));
  const fields = `${head}${tag("CreateTime", seconds(world.now()))}${members.join("")}${id}`;
  const { url, body } = await sealed(world, account, fields);
  const answer = await send(url, body);
  if (answer.status !== 200) throw new Error(`the callback answered HTTP ${answer.status}`);
  const reply = await answer.text();
  if (reply === "" || reply === "success") return "";
  return account.callback.aes_key === null ? reply : open(account, reply);
}

/** An encrypted reply: its signature and its AppID have to be right. */
async function open(account: Account, reply: string): Promise<string> {
  const { token, aes_key } = account.callback!;
  const member = (name: string): string => new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]*)`).exec(reply)?.[1] ?? "";
  const [secret, time, nonce] = [member("Encrypt"), member("TimeStamp"), member("Nonce")];
  if (member("MsgSignature") !== (await signature(token, time, nonce, secret))) throw new Error("a wrong signature");
  const { message, app_id } = await decrypt(aes_key!, secret);
  if (app_id !== account.app_id) throw new Error("a reply of another account");
  return message;
}

/** What the platform asks when an office enters the callback's address: whether the account echoes. */
export async function echoes(
  world: World,
  account: Account,
  ask: (url: string) => Promise<Response>,
): Promise<boolean> {
  const { url, token } = account.callback!;
  const timestamp = String(seconds(world.now()));
  const nonce = String(nextId(world));
  const echostr = letters(world, 19);
  const query = new URLSearchParams({ signature: await signature(token, timestamp, nonce), timestamp, nonce, echostr });
  const answer = await ask(`${url}${url.includes("?") ? "&" : "?"}${query}`);
  return answer.status === 200 && (await answer.text()) === echostr;
}
