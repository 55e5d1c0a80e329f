/** How letters leave the office: through Resend's HTTP API, or Cloudflare's e-mail binding. */
import type { Mail, Reply } from "../channels/kind.ts";
import type { Fetch } from "./send.ts";
import { sendHttp } from "./send.ts";

/** A letter with the headers that it bears besides. */
export interface Letter extends Omit<Mail, "leave"> {
  headers: Readonly<Record<string, string>>;
}

/** Sends a letter under an id that is constant over retries. Never throws: what went wrong is a reply, as Resend's API words it. */
export type Mailer = (letter: Letter, id: string) => Promise<Reply>;

const DEADLINE = 15_000;

/** Where Resend is, unless `KANFA_API_BASES` says otherwise (`email`). */
export const RESEND_BASE = "https://api.resend.com";

/** `刊发 <news@example.cn>` or a bare address. Throws when it is neither: the setting is wrong. */
export function senderOf(text: string): { name: string; email: string } {
  const [, name = "", email = ""] =
    /^(?:([^<>@\p{Cc}]*?)\s*<)?([^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+)>?$/u.exec(text.trim()) ?? [];
  if (email === "") throw new Error("KANFA_MAIL_FROM must be an address, such as 刊发 <news@example.cn>.");
  return { name: name.replaceAll(/["\\]/g, ""), email };
}

/** Threat: what is no printable ASCII would end a header, or reach the mailbox garbled. */
function checked(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers))
    if (!/^[\x20-\x7e]*$/.test(value)) throw new Error(`The header ${name} of a letter is not printable ASCII.`);
  return { ...headers };
}

/** Letters through Resend (resend.com/docs, `POST /emails`). It sends a letter of one id once within 24 hours. */
export function resendMailer(fetcher: Fetch, settings: { key: string; from: string; base?: string }): Mailer {
  const { key, from, base = RESEND_BASE } = settings;
  const { name, email } = senderOf(from);
  return ({ to, subject, text, html, headers }, id) =>
    sendHttp(
      fetcher,
      {
        transport: "http",
        url: `${base.replace(/\/+$/, "")}/emails`,
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json; charset=utf-8",
          "idempotency-key": id,
        },
        body: JSON.stringify({
          from: name === "" ? email : `"${name}" <${email}>`,
          to: [to],
          subject,
          text,
          ...(html !== undefined && { html }),
          headers: checked(headers),
        }),
      },
      DEADLINE,
    );
}

/** The binding's codes (developers.cloudflare.com/email-service) as the statuses that Resend gives for the same. */
const STATUSES: Readonly<Record<string, number>> = {
  E_RECIPIENT_SUPPRESSED: 410,
  E_RECIPIENT_NOT_ALLOWED: 403,
  E_SENDER_NOT_VERIFIED: 403,
  E_SENDER_DOMAIN_NOT_AVAILABLE: 403,
  E_RATE_LIMIT_EXCEEDED: 429,
  E_DAILY_LIMIT_EXCEEDED: 429,
  E_DELIVERY_FAILED: 502,
  E_INTERNAL_SERVER_ERROR: 500,
};
/** Its other codes say that the letter does not fit. */
const REFUSED = 422;

/** Letters through Cloudflare's e-mail binding, which knows no id: a letter whose answer is lost may come twice. */
export function bindingMailer(binding: Pick<SendEmail, "send">, from: string): Mailer {
  const sender = senderOf(from);
  return async ({ to, subject, text, html, headers }) => {
    // The binding takes no signal to give up by.
    const { promise: late, resolve } = Promise.withResolvers<Reply>();
    const timer = setTimeout(() => resolve({ type: "timeout" }), DEADLINE);
    const sent = binding
      .send({
        from: sender.name === "" ? sender.email : sender,
        to,
        subject,
        text,
        ...(html !== undefined && { html }),
        headers: checked(headers),
      })
      .then((): Reply => ({ type: "response", status: 200, headers: {}, body: "" }), refused);
    try {
      return await Promise.race([sent, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function refused(error: unknown): Reply {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const why = typeof message === "string" ? message : "the mail could not be sent";
  if (typeof code !== "string" || !code.startsWith("E_")) return { type: "network", why };
  const body = JSON.stringify({ name: code, message: why });
  return { type: "response", status: STATUSES[code] ?? REFUSED, headers: {}, body };
}
