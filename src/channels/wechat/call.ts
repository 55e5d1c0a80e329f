/** A call of the Official Account's API, as those who need one word it. Token, base and upload are the client's. */
import type { Reply } from "../kind.ts";

/**
 * One call. `path` as documented (`/cgi-bin/draft/add`), with a query where it takes one. What has a `body` is posted; the
 * few that the platform takes as GET only have a `method`. A `picture` is uploaded by its content: the answer is the
 * platform's own, or the one that it gave the first time.
 */
export type WechatCall =
  | { path: string; body: object }
  | { path: string; method: "GET" }
  | { path: string; picture: Picture };

/** A picture of a manuscript, and what for: a `body` picture is held at an address, a `cover` is permanent material. */
export interface Picture {
  /** As manuscripts name it: `/media/<hash>.<ending>`, `/covers/…`, or an http(s) address. */
  src: string;
  use: "body" | "cover";
}

/** How the words of a `refused` begin that says that a picture is not to be had: the post goes out without it. */
export const NO_PICTURE = "no picture: ";

/** The account that a call is for. */
export interface Account {
  /** The channel's internal id. */
  id: number;
  uid: string;
  config: Record<string, unknown>;
}

/**
 * Makes a call with the account's token, of which it gets a fresh one when the platform refuses it. Never throws: what
 * went wrong is a reply, a refused token call the token call's own answer. `errcode` says what the platform thinks of it:
 * HTTP 200 means nothing, and the content type neither.
 */
export type WechatClient = (account: Account, call: WechatCall) => Promise<Reply>;

/** How long a call may take at most with all that it needs: a token, the picture's bytes, the same once more. */
export const CALL_DEADLINE = 45_000;
