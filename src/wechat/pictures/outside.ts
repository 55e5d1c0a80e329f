/** Pictures at addresses that somebody wrote into a manuscript. */
import { MEDIA_LIMIT } from "../../articles/media.ts";
import type { Resolve } from "../../delivery/resolve.ts";
import type { Fetch } from "../../delivery/send.ts";
import { judgeTarget } from "../../delivery/target.ts";
import { SECOND } from "../../platform/time.ts";

/** How long a picture's site may take for all of it, ms. */
const PICTURE_DEADLINE = 15 * SECOND;

/** What fetching needs; `deadline` in ms. */
export interface OutsideDeps {
  fetch: Fetch;
  resolve: Resolve;
  /** Development only: http and private hosts pass. */
  allowPrivate: boolean;
  /** This Worker's address. */
  siteUrl: string;
  deadline?: number;
}

type Fetched = { type: "bytes"; bytes: Uint8Array<ArrayBuffer> } | { type: "missing"; why: string };
const missing = (what: string): Fetched => ({ type: "missing", why: `${what}请下载图片后上传到素材库。` });

async function readCapped(response: Response, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(0);
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", stop);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      size += value.length;
      if (size > MEDIA_LIMIT) return null;
      parts.push(value);
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * The bytes at a public address, under the guard that channels' addresses pass (`delivery/target.ts`): redirects are not
 * followed, head and body share one deadline, {@link MEDIA_LIMIT} bytes are read. Never throws.
 */
export async function fetchOutside(deps: OutsideDeps, address: string): Promise<Fetched> {
  const rules = { own: [new URL(deps.siteUrl).hostname], allowPrivate: deps.allowPrivate };
  const verdict = await judgeTarget(address, rules, deps.resolve);
  if (verdict.type === "refused") return missing("图片地址不是公网的 https 地址，不能去取。");
  if (verdict.type === "unsure") return missing("图片所在网站的域名现在查不到。");
  const deadline = deps.deadline ?? PICTURE_DEADLINE;
  const signal = AbortSignal.timeout(deadline);
  try {
    const response = await deps.fetch(address, {
      headers: { "user-agent": "Kanfa/1", accept: "image/jpeg, image/png, image/webp, image/gif" },
      redirect: "manual",
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      const moved = response.status >= 300 && response.status < 400;
      return missing(moved ? "图片地址转到了别处，没有跟过去取。" : `图片所在的网站答复 HTTP ${response.status}。`);
    }
    const bytes = await readCapped(response, signal);
    return bytes ? { type: "bytes", bytes } : missing("图片超过 10 MB。");
  } catch {
    return missing(
      signal.aborted ? `图片所在的网站 ${deadline / SECOND} 秒内没有给完图片。` : "图片所在的网站连接不上。",
    );
  }
}
