/**
 * The link by which the receiver of a letter ends it (RFC 8058): the channel's public id and a keyed hash of it, so that it
 * can be made for every letter, is stored nowhere, and nobody can make one for somebody else.
 */
import type { Mail } from "../channels/kind.ts";
import { keyedHash, sameText } from "../platform/crypto.ts";
import type { Letter } from "./mail.ts";
import type { OfficeKey } from "./office-keys.ts";

/** What the hash is of, beside an id: a token for one purpose opens nothing else. */
type TokenUse = "leave" | "confirm";

/** `<id>.<keyed hash>`. */
export async function tokenOf(key: OfficeKey, use: TokenUse, id: string): Promise<string> {
  return `${id}.${await keyedHash(await key("letters"), `${use}:${id}`)}`;
}

/** The id that a token is for, or null for one that the office did not make. */
export async function idOfToken(key: OfficeKey, use: TokenUse, token: string): Promise<string | null> {
  const id = token.slice(0, Math.max(0, token.lastIndexOf(".")));
  return id !== "" && (await sameText(token, await tokenOf(key, use, id))) ? id : null;
}

/** `text` with `token` behind the last occurrence of `link`. What an author wrote comes before the letter's foot. */
function completed(text: string, link: string, token: string): string {
  const at = text.lastIndexOf(link);
  return at < 0 ? text : text.slice(0, at + link.length) + token + text.slice(at + link.length);
}

/** A composed letter for one channel: with its own link to leave, in the text and for the mail program's button. */
export async function addressed(key: OfficeKey, { leave, ...mail }: Mail, channel: string): Promise<Letter> {
  if (leave === undefined) return { ...mail, headers: {} };
  const token = await tokenOf(key, "leave", channel);
  return {
    ...mail,
    text: completed(mail.text, leave, token),
    ...(mail.html !== undefined && { html: completed(mail.html, leave, token) }),
    headers: {
      "List-Unsubscribe": `<${leave}${token}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
  };
}
