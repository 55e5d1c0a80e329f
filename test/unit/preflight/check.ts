/** A manuscript for the linter, ordinary but for what a test says of it. */
import { renderWechat } from "../../../src/formats/index.ts";
import type { Finding, Input, Preflight } from "../../../src/preflight/index.ts";
import { preflight, type Term, TermMatcher } from "../../../src/preflight/index.ts";
import { proofread } from "../../../src/preflight/zhlint.ts";

export interface Given extends Partial<Omit<Input, "manuscript" | "terms">> {
  title?: string;
  digest?: string;
  credits?: { role: string; name: string }[];
  cover?: string | null;
  kind?: "original" | "reprint" | "video";
  terms?: readonly (Pick<Term, "text"> & Partial<Term>)[];
}

const term = (given: Pick<Term, "text"> & Partial<Term>): Term => ({
  kind: "forbidden",
  writeAs: null,
  severity: "error",
  note: "",
  ...given,
});

export const inputOf = (markdown: string, given: Given = {}): Input => {
  const {
    title = "长顺镇擂台比武",
    digest = "",
    credits = [],
    cover = null,
    kind = "original",
    terms = [],
    ...rest
  } = given;
  return {
    manuscript: { kind, title, digest, markdown, credits, cover, source: null },
    date: "2026-11-23",
    media: () => ({ is: "ours", type: "image/jpeg", size: 1000 }),
    terms: new TermMatcher(terms.map(term)),
    wechat: (doc) => renderWechat(doc, { images: (src) => src }),
    proofread,
    ...rest,
  };
};

export const check = (markdown: string, given: Given = {}): Preflight => preflight(inputOf(markdown, given));

/** The rules that speak, and for each the text that it points at. */
export const said = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, place }) => ("excerpt" in place ? `${rule} ${place.excerpt}` : `${rule} (${place.field})`));
