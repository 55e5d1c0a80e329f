/**
 * Text is cleaned once, here, on its way in; nothing downstream has to doubt it again.
 */
import { sha256 } from "../platform/crypto.ts";
import type { Content } from "./types.ts";

// Controls but tab and newline, the byte order mark, and the bidirectional overrides that can make a text read otherwise
// than it is stored.
const UNWANTED = /(?![\t\n])\p{Cc}|[\uFEFF\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Why a text cannot be taken at all, or null. A NUL or a lone surrogate is not a slip of the pen but broken data:
 * D1 would store it damaged (a surrogate comes back as three U+FFFD, SQL's length() stops at a NUL).
 */
export function refusal(text: string): string | null {
  if (text.includes("\0")) return "contains a NUL character (U+0000)";
  if (!text.isWellFormed()) return "contains half of a surrogate pair: the text was cut in the middle of a character";
  return null;
}

/** NFC, newlines as LF, without control characters. The text must have passed {@link refusal}. */
export function cleanText(text: string): string {
  return text
    .replaceAll(/\r\n?|\u2028|\u2029/g, "\n")
    .replaceAll(UNWANTED, "")
    .normalize("NFC");
}

/** Cleaned for a single line: every run of white space is one space, ends trimmed. */
export function cleanLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/g, " ").trim();
}

/** The name of a revision: SHA-256 over everything a reader sees, hex. */
export function contentHash(content: Content): Promise<string> {
  const { kind, title, digest, markdown, credits, cover, source, file = null, captions = null } = content;
  return sha256(
    JSON.stringify([
      kind,
      title,
      digest,
      markdown,
      credits.map(({ role, name }) => [role, name]),
      cover,
      source && [source.name, source.url, source.published_at ?? null],
      // Only when there is one: what was hashed before videos had files keeps its name.
      ...(file === null && captions === null ? [] : [file, captions]),
    ]),
  );
}
