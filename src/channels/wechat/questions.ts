/** What a push to a WeChat account asks its books (`wechat/books/books.ts`), and what they answer. */
import type { Receipt, Result, Trouble, Way } from "./state.ts";

/** An article's place in a bundle, as the books get it. */
export interface Placed {
  post: string;
  idx: number;
}

export type Question =
  /** Which of these bundles may be sent to all followers on this local date: each takes one of the day's and the month's. Answers {@link Granted}. */
  | { type: "claim"; date: string; bundles: string[] }
  /** What became of these posts. Answers {@link Receipts}. */
  | { type: "receipts"; posts: string[] }
  /** What the platform has told of a job, `publish:<id>` or `mass:<id>`. Answers {@link Finished}. */
  | { type: "finished"; job: string }
  /** A publication or message to all that the platform told of since then, none of these and that no receipt names. Answers {@link SentUnseen}. */
  | { type: "sent-unseen"; way: "mass" | "publish"; since: number; ended: readonly string[] }
  /** What became of a bundle. */
  | {
      type: "written";
      bundle: string;
      way: Way;
      draft: string | null;
      job: string | null;
      articles: Placed[];
      result: Result;
    }
  /** Posts that do not go out, and why; the office is told. */
  | { type: "left-out"; bundle: string; posts: { post: string; title: string; why: string }[] }
  /** A draft that a person is to send. */
  | { type: "sheet"; bundle: string; draft: string; articles: Placed[] }
  /** A correction that a person is to make. */
  | { type: "correct-by-hand"; post: string; note: string }
  /** Posts that were recalled: whatever of them is at the account is taken down. */
  | { type: "take-down"; posts: string[]; note: string }
  | { type: "trouble"; told: Trouble };

export interface Granted {
  bundles: string[];
}
/** By post. */
export type Receipts = Record<string, Receipt>;

export type SentUnseen = { job: string; finished: NonNullable<Finished> } | null;

/** Why a job came to nothing. `decided`: a reviewer or the administrator said no, and nothing may go around that. */
export interface Refusal {
  refused: string;
  decided?: boolean;
}

/** How a job ended, as its event said; null while nobody said. */
export type Finished = {
  /** As polls say it: 0 is success, then why not. */
  status: "published" | Refusal;
  articleId: string | null;
  urls: Record<number, string>;
  /** Places of the articles that were refused, from 1. */
  failed: number[];
} | null;
