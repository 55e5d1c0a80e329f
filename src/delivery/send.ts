/** One request, with a deadline over head and body and a cap on what is read of the answer. */
import type { Outgoing, Reply } from "../channels/kind.ts";

/** How much of an answer is read (decompressed bytes), where no more of it is needed: the status has decided by then. */
export const ANSWER_CAP = 32 * 1024;

/** How much of an answer is kept in the ledger, in characters. */
const EXCERPT = 300;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Sends over HTTP. Never throws: what went wrong is a reply. Redirects are not followed (a good address could lead to a
 * bad one), the body counts against the same deadline as the head (a dripping answer must not hold the shard), and no
 * more than `cap` bytes are read.
 */
export async function sendHttp(fetcher: Fetch, outgoing: Outgoing, deadline: number, cap = ANSWER_CAP): Promise<Reply> {
  const signal = AbortSignal.timeout(deadline);
  try {
    const { method = "POST", headers, body } = outgoing;
    const response = await fetcher(outgoing.url, {
      method,
      headers: { "user-agent": "Kanfa/1", ...headers },
      ...(method !== "GET" && { body }),
      redirect: "manual",
      signal,
    });
    return {
      type: "response",
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await readCapped(response, signal, cap),
    };
  } catch (error) {
    if (signal.aborted) return { type: "timeout" };
    return { type: "network", why: error instanceof Error ? error.message : "the connection failed" };
  }
}

/** Whether the answer says that it is no longer than the cap, and means the bytes that are read. */
function isShort({ headers }: Response, cap: number): boolean {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= cap && !headers.has("content-encoding");
}

async function readCapped(response: Response, signal: AbortSignal, cap: number): Promise<string> {
  if (!response.body) return "";
  // Most answers: in one piece, which costs a third of reading a stream. The signal that the fetch was given ends it too.
  if (isShort(response, cap)) return response.text();
  const reader = response.body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", stop);
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    while (size < cap) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw new Error("deadline");
      if (done) break;
      size += value.length;
      text += decoder.decode(value.subarray(0, Math.max(0, value.length - Math.max(0, size - cap))), {
        stream: true,
      });
    }
    return text;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

const ESCAPED_SLASH = String.raw`\/`;

/** A segment of an address's path or a value of its query may be a token if it is at least this long. */
const TOKEN = 8;

/** The forms in which an answer may echo a secret: as it is, and of an address its path and what may be a token in it. */
function formsOf(secret: string): string[] {
  const forms = [secret];
  if (URL.canParse(secret)) {
    const { href, pathname, search, searchParams } = new URL(secret);
    const tokens = [...pathname.split("/"), ...searchParams.values()].filter((part) => part.length >= TOKEN);
    forms.push(href, pathname + search, pathname, ...tokens);
  }
  // Some JSON writers escape every slash.
  return forms.flatMap((form) => (form.includes("/") ? [form, form.replaceAll("/", ESCAPED_SLASH)] : form));
}

/**
 * What the ledger keeps of a reply: the verdict's words and the start of the answer, without the channel's secrets and
 * on one line.
 */
export function excerptOf(why: string, reply: Reply, secrets: readonly string[]): string {
  let text = reply.type === "response" && reply.body ? `${why}: ${reply.body}` : why;
  const hidden = secrets.flatMap(formsOf).filter((form) => form.length >= 4);
  for (const form of hidden.sort((a, b) => b.length - a.length)) text = text.replaceAll(form, "•••");
  // An answer can be long, and what is hidden is hidden by now.
  return [
    ...text
      .slice(0, 20 * EXCERPT)
      .toWellFormed()
      .replaceAll(/[\p{Cc}\s]+/gu, " "),
  ]
    .slice(0, EXCERPT)
    .join("");
}
