/** One request, with a deadline over head and body and a cap on what is read of the answer. */
import type { Outgoing, Reply } from "../channels/kind.ts";

/** How much of an answer is read (decompressed bytes); the status has decided by then. */
export const ANSWER_CAP = 32 * 1024;

/** How much of an answer is kept in the ledger, in characters. */
const EXCERPT = 300;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Sends over HTTP. Never throws: what went wrong is a reply. Redirects are not followed (a good address could lead to a
 * bad one), the body counts against the same deadline as the head (a dripping answer must not hold the shard), and no
 * more than {@link ANSWER_CAP} bytes are read.
 */
export async function sendHttp(fetcher: Fetch, outgoing: Outgoing, deadline: number): Promise<Reply> {
  const signal = AbortSignal.timeout(deadline);
  try {
    const response = await fetcher(outgoing.url, {
      method: "POST",
      headers: { "user-agent": "Kanfa/1 (+https://github.com/kanfa)", ...outgoing.headers },
      body: outgoing.body,
      redirect: "manual",
      signal,
    });
    return {
      type: "response",
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await readCapped(response, signal),
    };
  } catch (error) {
    if (signal.aborted) return { type: "timeout" };
    return { type: "network", why: error instanceof Error ? error.message : "the connection failed" };
  }
}

async function readCapped(response: Response, signal: AbortSignal): Promise<string> {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", stop);
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    while (size < ANSWER_CAP) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw new Error("deadline");
      if (done) break;
      size += value.length;
      text += decoder.decode(value.subarray(0, Math.max(0, value.length - Math.max(0, size - ANSWER_CAP))), {
        stream: true,
      });
    }
    return text;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/**
 * What the ledger keeps of a reply: the verdict's words and the start of the answer, without the channel's secrets and
 * on one line.
 */
export function excerptOf(why: string, reply: Reply, secrets: readonly string[]): string {
  let text = reply.type === "response" && reply.body ? `${why}: ${reply.body}` : why;
  for (const secret of secrets) if (secret.length >= 4) text = text.replaceAll(secret, "•••");
  return [...text.toWellFormed().replaceAll(/[\p{Cc}\s]+/gu, " ")].slice(0, EXCERPT).join("");
}
