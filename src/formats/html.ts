import { replacer } from "./replacer.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * The text as HTML shows it literally: safe as element content and inside a quoted attribute.
 * Every `&` is escaped, so a browser reads back exactly the characters that were given.
 */
export const escapeHtml = replacer(/[&<>"']/, (character) => ESCAPES[character] ?? "");

// Browsers drop tab and newline inside a URL, trim what is at or below a space, and read `\` as `/` (WHATWG URL, 4.4):
// an address with any of them is not what it looks like. Invisible format characters (\p{Cf}) hide or reorder the rest.
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Z}\s\\]/u;

function isWebAddress(href: string): boolean {
  if (!/^https?:\/\/[^/?#]/i.test(href)) return false;
  if (!URL.canParse(href)) return false;
  if (!href.includes("@")) return true;
  const { username, password } = new URL(href);
  return username === "" && password === "";
}

/**
 * The address itself when a reader may be sent to it, else null. Links: http, https, mailto, tel, `/path` and `#part`;
 * images: http, https and `/path`. Judged as the exact string that it is (character references are not resolved here),
 * so it must be written through `escapeHtml`. Addresses with a user name or password are refused: they imitate other
 * hosts.
 */
export function safeUrl(href: string, kind: "link" | "image"): string | null {
  if (DECEPTIVE.test(href) || !href.isWellFormed()) return null;
  if (/^\/(?!\/)/.test(href) || isWebAddress(href)) return href;
  if (kind === "link" && /^(?:#|(?:mailto|tel):[^:/])/i.test(href)) return href;
  return null;
}
