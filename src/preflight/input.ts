/** From what an office knows of a manuscript to what the linter is given. */
import { type Doc, renderWechat } from "../formats/index.ts";
import { localDate } from "../platform/time.ts";
import { type Term, TermMatcher } from "./matcher.ts";
import type { Input, Manuscript, MediaFact } from "./types.ts";

/** As long as the addresses that media/uploadimg gives. */
const WECHAT_PICTURE = `https://mmbiz.qpic.cn/mmbiz_jpg/${"x".repeat(90)}/0?wx_fmt=jpeg`;

const wechat = (doc: Doc): string => renderWechat(doc, { images: () => WECHAT_PICTURE });

/** What is known of each address, from the media rows of the addresses that are ours; `hashOf` gives their hash, else null. */
export function mediaFacts(
  rows: readonly { hash: string; type: string; size: number }[],
  hashOf: (src: string) => string | null,
): (src: string) => MediaFact {
  const known = new Map(rows.map((row) => [row.hash, row]));
  return (src) => {
    const hash = hashOf(src);
    if (hash === null) return /^https?:\/\//i.test(src) ? { is: "outside" } : { is: "missing" };
    const row = known.get(hash);
    return row ? { is: "ours", type: row.type, size: row.size } : { is: "missing" };
  };
}

/** `at` (epoch ms): the event's time, or when the manuscript came. */
export function inputFrom(
  manuscript: Manuscript,
  { at, zone, media, terms }: { at: number; zone: string; media: Input["media"]; terms: TermMatcher },
): Input {
  return { manuscript, date: localDate(at, zone), media, terms, wechat };
}

/** The office's lists, made ready to be looked for; many texts may share one. */
export const matcherOf = (terms: readonly Term[]): TermMatcher => new TermMatcher(terms);
