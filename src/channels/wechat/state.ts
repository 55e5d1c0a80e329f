/** Where a push to a WeChat account stands. JSON, written down before each call. */

/** How a bundle reaches readers: sent to all followers, published without a message, or left as a draft for a person. */
export type Way = "mass" | "publish" | "draft";

/** Articles that become one draft: at most eight of the platform's. */
export interface Bundle {
  /** Names it within the push; never used twice. */
  n: number;
  /** Public ids of its posts, the lead first. Once there is a draft: of what is in it, in its places, whatever is recalled later. */
  posts: string[];
  way: Way;
  /** Whether it ends with a list of the posts of the other bundles. */
  digest: boolean;
  /** `media_id` of its draft. */
  draft: string | null;
  /** Of what was put into the draft: a post that is corrected or recalled since is not in it as it should be. */
  print: string;
  /** Where the articles in the draft come from, by which it is told from others. */
  sources?: string;
  /** `publish_id`, or `msg_id` of a message to all. */
  job: string | null;
  /** Business time since when its result is waited for, ms. */
  since: number;
  /** How often it was begun anew. */
  redone: number;
  /** The older publication of its post, which this one takes the place of. */
  replaces: Receipt | null;
}

/** What is known of a post at the account. */
export interface Receipt {
  state: "drafted" | "published" | "failed" | "deleted" | "banned";
  way: Way;
  /** Its place in its bundle, from 1. */
  idx: number;
  job: string | null;
  articleId: string | null;
  url: string | null;
}

/** What a push does next, or is doing: a call is made after the state that speaks of it was stored. Each has its file in `stages/`. */
export type Stage =
  // plan.ts
  | { name: "claim" }
  | { name: "receipts" }
  /** Corrections that a person is to make. */
  | { name: "by-hand"; left: string[] }
  | { name: "take-down" }
  // draft.ts
  /** Uploads the picture of this key of `pictures`; `""` before the first. */
  | { name: "pictures"; key: string }
  | { name: "draft" }
  /** The answer to a draft was lost: it is looked for among the account's newest. */
  | { name: "find-draft" }
  /** Reads the draft back and compares. */
  | { name: "proof" }
  /** Deletes a draft that will not be used; then makes another. */
  | { name: "discard" }
  // send.ts
  /** `maybe`: it was made before, and nobody knows whether the platform took it; `gone`: its draft is not there any more. */
  | { name: "submit"; maybe?: boolean; gone?: boolean }
  /** The answer to a submission was lost: has the platform told of it (`asked`), is the draft still there? `looks` counts. */
  | { name: "look"; looks: number; asked: boolean }
  /** The draft is gone without our knowing why: was it published? */
  | { name: "find-publication"; looks: number }
  /** Asks whether the platform has told how it ended (`asked`), then the platform itself. `polls` counts. */
  | { name: "result"; polls: number; asked: boolean }
  // end.ts
  /** Writes down what became of the bundle's articles. */
  | { name: "written"; result: Result }
  | { name: "sheet" }
  /** Deletes what a correction takes the place of. */
  | { name: "replaced" }
  /** Tells the office what keeps the push, rests, then goes on with `onward`. */
  | { name: "trouble"; told: Trouble; onward: Stage }
  | { name: "end" };

/** What became of a bundle. */
export interface Result {
  state: "published" | "drafted";
  articleId: string | null;
  /** By place in the bundle, from 1; missing where it is not known. */
  urls: Record<number, string>;
  /** What a person has to know of it. */
  why?: string;
}

/** What keeps a push, for the office. */
export interface Trouble {
  /** The platform's code, or a word for what has none. */
  code: string;
  words: string;
  next: string;
  /** How long the push rests, ms; 0: not at all. */
  after: number;
}

export interface State {
  v: 1;
  kind: "published" | "corrected" | "recalled";
  /** In the order of work. Empty before the day's allowance is known. */
  bundles: Bundle[];
  /** The bundle at work. */
  at: number;
  /** How many bundles were made so far. */
  made: number;
  /** What the account calls uploaded pictures, by use and source (`body /media/…`): an address or a media_id; null: not to be had. */
  pictures: Record<string, string | null>;
  /** Posts that do not go out, and why. */
  out: Record<string, string>;
  /** Addresses of what is published, by post. */
  urls: Record<string, string>;
  /** The jobs whose end this push knows: an event of theirs that comes late tells nothing of another. */
  ended?: string[];
  stage: Stage;
}

/** A bundle's name in the books. */
export const bundleName = (id: string, { n }: Bundle): string => `${id}:${n}`;
