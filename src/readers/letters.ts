/** The letter that asks the owner of a mailbox whether it is to be subscribed. */
import { escapeHtml } from "../formats/index.ts";
import { tokenOf } from "../delivery/leave.ts";
import type { DeliveryDeps } from "../delivery/deps.ts";
import { maskAddress } from "../channels/email.ts";
import { log, logFault } from "../platform/log.ts";
import { open } from "../platform/crypto.ts";
import type { DueLetter } from "./store.ts";
import { settleLetters, takeDueLetters } from "./store.ts";

/** How many letters one call sends: as many as a Worker may wait for at a time. */
const AT_ONCE = 6;

/** Where a mailbox of that id is sealed. */
export const addressPlace = (id: string): string => `confirmations:${id}:address`;

export type LetterDeps = Pick<DeliveryDeps, "db" | "keys" | "mail" | "officeKey" | "siteUrl" | "wall">;

/** The words of the letter, around its link. */
function wordsOf(link: string, site: string): { subject: string; text: string; html: string } {
  const host = new URL(site).host;
  const before = `有人在 ${host} 用这个邮箱订阅了推文。如果是您，请打开下面的链接并确认：`;
  const after = "链接在 48 小时内有效。如果不是您，不必理会，不会再有来信。";
  return {
    subject: "请确认邮件订阅",
    text: `${before}\n\n${link}\n\n${after}\n`,
    html: `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>请确认邮件订阅</title></head>
<body style="font:16px/1.8 sans-serif"><p>${escapeHtml(before)}</p><p><a href="${escapeHtml(link)}">确认订阅</a></p><p>${after}</p></body></html>
`,
  };
}

/**
 * Sends the letters that are due. Never throws for the provider's sake: what it did not take comes up again at its next try,
 * which was written down before.
 */
export async function sendLetters(deps: LetterDeps): Promise<void> {
  if (deps.mail === null) return;
  const due = await takeDueLetters(deps.db, deps.wall(), AT_ONCE);
  if (due.length === 0) return;
  const sent = await Promise.all(due.map(async (letter) => ((await sendOne(deps, letter)) ? [letter] : [])));
  if (sent.flat().length > 0) await settleLetters(deps.db, sent.flat()).run();
}

/** Whether the letter is done with: taken, or one that no mailbox takes. */
async function sendOne(deps: LetterDeps, { id, address, letters }: DueLetter): Promise<boolean> {
  try {
    const to = await open(address, addressPlace(id), deps.keys);
    const link = `${deps.siteUrl}/subscribe/confirm?token=${await tokenOf(deps.officeKey, "confirm", id)}`;
    const reply = await deps.mail!({ to, ...wordsOf(link, deps.siteUrl), headers: {} }, `confirm_${id}_${letters}`);
    const status = reply.type === "response" ? reply.status : 0;
    log("letter", { to: maskAddress(to), status });
    return (status >= 200 && status < 300) || [400, 409, 410, 422].includes(status);
  } catch (error) {
    logFault("letter", error);
    return false;
  }
}
