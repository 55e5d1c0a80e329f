/** What the platform posts to an account's callback, and how it may go astray. */
import { encrypt, signature } from "./envelope.ts";
import { eventFault } from "./faults.ts";
import { type Account, letters, type Outgoing, seconds, type World } from "./state.ts";

/** Posts an event; a rejection, or anything but 200, is no delivery. */
export type PostEvent = (url: string, body: string) => Promise<{ status: number; text: () => Promise<string> }>;

const TRIES = 3;

export const tag = (name: string, inner: string | number): string => `<${name}>${inner}</${name}>`;
export const text = (value: string): string => `<![CDATA[${value.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;

/** The account's own name in messages, 原始ID. */
export const originalId = ({ app_id }: Account): string => `gh_${app_id.slice(-12)}`;
export const openid = (name: string): string => `o${name.padStart(27, "0").slice(-27)}`;

/** An event of the account's, to be posted as soon as the scripted faults let it. */
export function emit(world: World, account: Account, event: string, fields: string, from = openid("mphelper")): void {
  if (account.callback === null) return;
  const { app_id } = account;
  const head = [tag("ToUserName", text(originalId(account))), tag("FromUserName", text(from))];
  const when = tag("CreateTime", seconds(world.now()));
  const kind = tag("MsgType", text("event")) + tag("Event", text(event));
  push(world, { app_id, event, fields: `${head.join("")}${when}${kind}${fields}` });
}

/** A message or event, with whatever is to become of it. */
function push(world: World, message: { app_id: string; event: string; fields: string }): void {
  const how = eventFault(world.faults, message.app_id, message.event)?.do;
  if (how === "lose") return;
  const due = world.now() + (typeof how === "object" ? how.delay : 0);
  const outgoing: Outgoing = { ...message, due, last: how === "last" };
  world.outbox.push(outgoing);
  if (how === "double") world.outbox.push({ ...outgoing });
}

/** The callback's address with its signature, and the body, plain or encrypted. */
export async function sealed(world: World, account: Account, fields: string): Promise<{ url: string; body: string }> {
  const { url, token, aes_key } = account.callback!;
  const timestamp = String(seconds(world.now()));
  const nonce = letters(world, 10).replaceAll(/\W/g, "0");
  const query = new URLSearchParams({ signature: await signature(token, timestamp, nonce), timestamp, nonce });
  const join = url.includes("?") ? "&" : "?";
  if (aes_key === null) return { url: `${url}${join}${query}`, body: `<xml>${fields}</xml>` };
  const secret = await encrypt(aes_key, account.app_id, `<xml>${fields}</xml>`);
  query.set("encrypt_type", "aes");
  query.set("msg_signature", await signature(token, timestamp, nonce, secret));
  const body = tag("ToUserName", text(originalId(account))) + tag("Encrypt", text(secret));
  return { url: `${url}${join}${query}`, body: `<xml>${body}</xml>` };
}

/** Posts what is due, each three times at most, and gives how many were taken. */
export async function deliver(world: World, post: PostEvent): Promise<number> {
  const now = world.now();
  const due = world.outbox.filter((event) => event.due <= now);
  for (const event of due) world.outbox.splice(world.outbox.indexOf(event), 1);
  due.sort((a, b) => Number(a.last) - Number(b.last) || a.due - b.due);
  let taken = 0;
  for (const { app_id, fields } of due) {
    const account = world.accounts.get(app_id);
    if (!account?.callback) continue;
    const { url, body } = await sealed(world, account, fields);
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await post(url, body).catch(() => null);
      if (answer?.status !== 200) continue;
      taken++;
      break;
    }
  }
  return taken;
}
