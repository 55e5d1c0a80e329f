/** The vocabulary of a manuscript's life. */

export const STATUSES = [
  "draft",
  "in_review",
  "returned",
  "rejected",
  "queued",
  "planned",
  "held",
  "expired",
  "published",
  "recalled",
  "withdrawn",
] as const;
export type Status = (typeof STATUSES)[number];

export const KINDS = ["original", "reprint", "video"] as const;
export type Kind = (typeof KINDS)[number];

/** The six gates 政治关 法律关 政策关 保密关 文字关 舆情关, signed one by one. */
export const GATES = ["political", "legal", "policy", "secrecy", "language", "opinion"] as const;
export type Gate = (typeof GATES)[number];

export const DECISIONS = ["approve", "return", "reject"] as const;
export type Decision = (typeof DECISIONS)[number];

export interface Credit {
  role: string;
  name: string;
}

/** Where a reprint comes from. */
export interface Source {
  name: string;
  url: string;
  published_at?: string | undefined;
}

/** What is known of an uploaded picture: its path, type, and extent in pixels if its headers told. */
export interface MediaFacts {
  src: string;
  type: string;
  width: number | null;
  height: number | null;
}

/** Everything that a reader sees: what the content hash covers. */
export interface Content {
  kind: Kind;
  title: string;
  digest: string;
  markdown: string;
  credits: Credit[];
  cover: string | null;
  source: Source | null;
  /** A video's file: a path of ours, or an https address for what is too large to upload. Missing is null. */
  file?: string | null;
  /** A video's captions, SRT or plain text. Missing is null. */
  captions?: string | null;
}

/** How the article is to be handled: changes without a new revision. Times are epoch ms. */
export interface Handling {
  important: boolean;
  priority: number;
  eventAt: number | null;
  embargoUntil: number | null;
  expiresAt: number | null;
  mustRunOn: string | null;
  evergreen: boolean;
}

/** An article as the desk knows it. */
export interface Article extends Content, Handling {
  id: number;
  uid: string;
  rev: number;
  status: Status;
  /** Index into the publication's stages of the review that decides next. */
  stage: number;
  publicationId: number;
  publication: string;
  column: string | null;
  unit: string | null;
  columnId: number | null;
  unitId: number | null;
  author: string;
  hash: string;
  /** The pictures of ours that its text and cover show, in reading order. */
  pictures: MediaFacts[];
  createdAt: number;
  updatedAt: number;
}
