/** What the linter is given and what it finds. */
import type { Doc } from "../formats/index.ts";
import type { TermMatcher } from "./matcher.ts";

/** `error`: wrong, or must not go out like this. `warning`: most likely a slip. `hint`: worth a look. */
export type Severity = "error" | "warning" | "hint";

/** The parts of a manuscript that a finding can be about. */
export type Field = "title" | "author" | "digest" | "markdown" | "cover" | "source" | "captions";

/** A stretch of a field's text: UTF-16 units, `line` and `column` counted from 1. */
export interface Range {
  from: number;
  to: number;
  line: number;
  column: number;
  /** The text there, cut after BOUNDS.excerpt units; the digits of what must stay secret are masked. */
  excerpt: string;
}

/** Where a finding is: a whole field, or a range of its text. */
export type Place = { field: Field } & ({} | Range);

export interface Finding {
  rule: string;
  severity: Severity;
  place: Place;
  /** For the editor, in Chinese: what is wrong, where, what to do. Never holds the digits of a secret. */
  message: string;
  /** What to write there instead, where that is safe. */
  fix?: string;
  /** What a person accepts who acknowledges it: {@link rule}, and for a word list the word. */
  key?: string;
}

/** A picture as the caller knows it: one of ours, one that an address of ours names and nobody has, or someone else's. */
export type MediaFact = { is: "ours"; type: string; size: number } | { is: "missing" } | { is: "outside" };

/** What is looked at. */
export interface Manuscript {
  kind: "original" | "reprint" | "video";
  title: string;
  digest: string;
  markdown: string;
  credits: readonly { role: string; name: string }[];
  cover: string | null;
  source: { name: string; url: string } | null;
  /** A video's. */
  captions?: string | null;
}

export interface Input {
  manuscript: Manuscript;
  /** The local date that dates without a year are read by, `YYYY-MM-DD`: of the event, or of the manuscript. */
  date: string;
  media: (src: string) => MediaFact;
  /** The office's word lists. */
  terms: TermMatcher;
  /** The manuscript as WeChat's HTML. */
  wechat: (doc: Doc) => string;
  /** One line of text with its punctuation set right; without it that is not looked at. */
  proofread?: (line: string) => string;
}

/** How much of WeChat's room a manuscript takes. */
export interface Meter {
  characters: number;
  of: number;
  bytes: number;
  of_bytes: number;
}

export interface Preflight {
  findings: Finding[];
  /** Null for a video, which is no WeChat article. */
  meter: Meter | null;
}
