/** What the stages of a push share: how they are run, and how they give up. */
import { HOUR, MINUTE } from "../../../platform/time.ts";
import type { Answer, Item, Outgoing, Reply, Step, StepContext } from "../../kind.ts";
import type { AccountConfig } from "../account.ts";
import { articleOf, digestArticle, type DraftArticle, lostPictures, unfit } from "../articles.ts";
import type { DigestEntry } from "../digest-article.ts";
import type { Judged } from "../codes.ts";
import type { Question } from "../questions.ts";
import type { Bundle, Stage, State } from "../state.ts";

export type Context = StepContext<AccountConfig>;

/** What a stage does when the push comes to it: something to do, or another state to go on from at once. */
export type Move = Step<State> | { type: "go"; state: State };

/** One stage. What it lacks cannot happen in it: the loss of an answer is then as if nothing had been asked. */
export interface StageRules<S extends Stage> {
  enter(state: State, stage: S, context: Context): Move;
  /** The platform has answered. */
  replied?(state: State, stage: S, judged: Judged, context: Context, reply: Reply): Move;
  /** The books have answered. */
  told?(state: State, stage: S, value: unknown, context: Context): Move;
  /** The call was begun, and nobody knows what became of it. */
  lost?(state: State, stage: S, context: Context): Move;
}

export const go = (state: State, stage: Stage): Move => ({ type: "go", state: { ...state, stage } });
export const request = (state: State, outgoing: Outgoing): Move => ({ type: "request", state, outgoing });
export const ask = (state: State, question: Question): Move => ({ type: "ask", state, question });
export const wait = (state: State, stage: Stage, until: number): Move => ({
  type: "wait",
  state: { ...state, stage },
  until,
});

/** The bundle at work. */
export const bundleOf = (state: State): Bundle => state.bundles[state.at]!;

/** The state with the bundle at work changed. */
export const withBundle = (state: State, change: Partial<Bundle>): State => ({
  ...state,
  bundles: state.bundles.map((bundle, i) => (i === state.at ? { ...bundle, ...change } : bundle)),
});

/** The posts of a bundle that still go out, in its order: not what was recalled since or left out. */
export function postsOf(state: State, { posts }: Bundle, { items }: Context): Item[] {
  const byPost = new Map(items().map((item) => [item.post.id, item]));
  return posts.flatMap((post) => (post in state.out ? [] : (byPost.get(post) ?? [])));
}

/** What the draft of the bundle at work holds, in its places. */
export const heldOf = (state: State): string[] => bundleOf(state).posts.filter((post) => !(post in state.out));

/** What the digest of a bundle lists: what the other bundles published. */
function listed(state: State, { items }: Context): DigestEntry[] {
  return items().flatMap(({ post: { id, title, digest } }) => {
    const url = state.urls[id];
    return url === undefined ? [] : [{ title, digest, url }];
  });
}

/** The articles of the bundle at work, as they are sent. */
export function articlesOf(state: State, context: Context): DraftArticle[] {
  const bundle = bundleOf(state);
  const posts = postsOf(state, bundle, context);
  const articles = posts.map((item) => articleOf(item, context.config, state.pictures));
  const others = bundle.digest ? listed(state, context) : [];
  if (others.length === 0 || posts.length === 0) return articles;
  return [...articles, digestArticle(posts[0]!, others, context.config, state.pictures)];
}

/** Posts of the bundle at work that the platform would not take, and why. */
export function unfitOf(state: State, context: Context): Record<string, string> {
  const found = postsOf(state, bundleOf(state), context).flatMap((item) => {
    const lost = lostPictures(item, state.pictures);
    const why = unfit(articleOf(item, context.config, state.pictures), context.config, lost);
    return why === null ? [] : [[item.post.id, why]];
  });
  return Object.fromEntries(found) as Record<string, string>;
}

/** A fingerprint of articles: two that differ have the same one once in four thousand million times (FNV-1a). */
export function printOf(articles: readonly DraftArticle[]): string {
  const text = JSON.stringify(articles);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${text.length}-${(hash >>> 0).toString(36)}`;
}

/** What keeps a push longer than this is told to the office, ms. */
const LONG = HOUR;
/** How long it rests for what a person has to mend, unless the platform's code says otherwise. */
export const REST = 30 * MINUTE;

type Refused = Extract<Judged, { ok: false }>;

/**
 * A call that was refused, not for the article's sake: it is made again later, and the office is told of what does not pass
 * by itself soon. A push is never given up for one of its calls.
 */
export function again(state: State, { verdict, errcode, explained }: Refused, stage: Stage = state.stage): Move {
  const after = "after" in verdict ? verdict.after : undefined;
  const throttled = "throttled" in verdict && verdict.throttled === true;
  if (explained.class === "retry" && (after ?? 0) < LONG) {
    const rest = { ...(after !== undefined && { after }), ...(throttled && { throttled }) };
    return { type: "done", verdict: { type: "retry", why: verdict.why, ...rest }, state: { ...state, stage } };
  }
  const { words, next } = explained;
  const told = { code: String(errcode ?? "refused"), words, next, after: after ?? REST };
  return go(state, { name: "trouble", told, onward: stage });
}

/** The bundle begins anew: another draft, another way if need be. */
export const anew = (state: State, change: Partial<Bundle> = {}): Move =>
  go(
    withBundle(state, { job: null, redone: bundleOf(state).redone + 1, ...change }),
    bundleOf(state).draft === null ? { name: "pictures", key: "" } : { name: "discard" },
  );

/** How often a bundle begins anew before its fault is looked for article by article. */
export const REDOING = 3;

/** The bundle begins anew, unless it has too often. */
export const anewOrDivide = (state: State, why: string, context: Context): Move =>
  bundleOf(state).redone < REDOING ? anew(state) : divide(state, why, context);

/** These posts do not go out; the others of the bundle go on. */
export const leaveOut = (state: State, out: Record<string, string>): Move =>
  anew({ ...state, out: { ...state.out, ...out } });

/**
 * The platform refuses a bundle and does not say for which article: halves of it are tried, until the one that is at fault
 * stands alone.
 */
export function divide(state: State, why: string, context: Context): Move {
  const bundle = bundleOf(state);
  const posts = postsOf(state, bundle, context).map((item) => item.post.id);
  if (posts.length === 1) {
    // Of a lead post and a digest it may be the digest that is refused.
    if (bundle.digest) return anew(state, { digest: false });
    return leaveOut(state, { [posts[0]!]: why });
  }
  const half = Math.ceil(posts.length / 2);
  const second: Bundle = {
    ...bundle,
    n: state.made + 1,
    posts: posts.slice(half),
    way: bundle.way === "mass" ? "publish" : bundle.way,
    digest: false,
    draft: null,
    job: null,
  };
  const bundles = state.bundles.toSpliced(state.at + 1, 0, second);
  return anew({ ...state, bundles, made: second.n }, { posts: posts.slice(0, half) });
}

/** Whether an answer is the platform's or a failure to get one. */
export const isReply = (answer: Exclude<Answer, null>): answer is Reply =>
  answer.type !== "told" && answer.type !== "lost";
