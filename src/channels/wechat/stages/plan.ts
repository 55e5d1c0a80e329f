/** The beginning of a push: what goes out, in which bundles, and which of them to all followers. */
import { localDate, zonedTime } from "../../../platform/time.ts";
import type { Item } from "../../kind.ts";
import type { AccountConfig } from "../account.ts";
import type { Granted, Receipts } from "../questions.ts";
import { type Bundle, bundleName, type Receipt, type Stage, type State, type Way } from "../state.ts";
import { ask, type Context, go, type Move, type StageRules } from "./flow.ts";

/** How many articles a draft holds (developers.weixin.qq.com, draft/add; error 45008). */
const BUNDLE = 8;

export const ownWay = ({ mode }: AccountConfig): Way =>
  mode === "certified" || mode === "service" ? "publish" : "draft";

const bundle = (n: number, posts: string[], more: Partial<Bundle> & Pick<Bundle, "way">): Bundle => ({
  n,
  posts,
  digest: false,
  draft: null,
  print: "",
  job: null,
  since: 0,
  redone: 0,
  replaces: null,
  ...more,
});

function chunks(posts: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(posts.length / BUNDLE) }, (_, i) => posts.slice(i * BUNDLE, (i + 1) * BUNDLE));
}

/** Bundles of eight in the planner's order. */
export const bundlesOf = (posts: readonly string[], config: AccountConfig): Bundle[] =>
  chunks(posts).map((part, i) => bundle(i + 1, part, { way: ownWay(config) }));

/** The same with room for the digest in the lead bundle, which goes last: the digest links what is published by then. */
function withDigest(state: State, config: AccountConfig): State {
  const [lead] = state.bundles;
  const posts = state.bundles.flatMap((each) => each.posts);
  if (!config.digest || lead?.way !== "mass" || posts.length <= BUNDLE) return state;
  const rest = chunks(posts.slice(BUNDLE - 1)).map((part, i) => {
    const granted = state.bundles[i + 1]?.way;
    return bundle(i + 2, part, { way: granted ?? ownWay(config) });
  });
  const bundles = [...rest, { ...lead, posts: posts.slice(0, BUNDLE - 1), digest: true }];
  return { ...state, bundles, made: bundles.length };
}

/** Whether the account's time for messages to all has come on the local date of `now`. */
function pushes({ config, now }: Context): string | null {
  const date = localDate(now, config.time_zone);
  return ownWay(config) === "publish" && now >= zonedTime(date, config.push_at, config.time_zone) ? date : null;
}

const firstOf = (state: State): Stage => (state.bundles.length === 0 ? { name: "end" } : { name: "pictures", key: "" });

/** What may be sent to all followers today. */
export const claim: StageRules<Extract<Stage, { name: "claim" }>> = {
  enter(state, _stage, context) {
    const date = pushes(context);
    if (date === null) return go(state, firstOf(state));
    return ask(state, { type: "claim", date, bundles: state.bundles.map((each) => bundleName(context.id, each)) });
  },
  told(state, _stage, value, context) {
    const { bundles: granted } = value as Granted;
    const way = (each: Bundle): Way => (granted.includes(bundleName(context.id, each)) ? "mass" : each.way);
    const claimed = { ...state, bundles: state.bundles.map((each) => ({ ...each, way: way(each) })) };
    return go(withDigest(claimed, context.config), firstOf(claimed));
  },
};

/**
 * Whether a correction is made by deleting what is there and publishing anew. A message that followers got stays a person's,
 * and what nobody could delete.
 */
const replaces = ({ state, way, articleId }: Receipt, { on_correction }: AccountConfig): boolean =>
  state === "published" && way === "publish" && articleId !== null && on_correction === "replace";

/** By post, what was said of it last: one that was corrected twice is published anew once. */
const latest = ({ items }: Context): ReadonlyMap<string, Item> =>
  new Map(items().map((item) => [item.post.id, item] as const));

/** What became of the posts that are corrected decides how. */
export const receipts: StageRules<Extract<Stage, { name: "receipts" }>> = {
  enter: (state, _stage, context) => ask(state, { type: "receipts", posts: [...latest(context).keys()] }),
  told(state, _stage, value, context): Move {
    const { config } = context;
    const known = value as Receipts;
    const bundles: Bundle[] = [];
    const left: string[] = [];
    for (const { post } of latest(context).values()) {
      const receipt = known[post.id];
      // What the platform or a person took down stays down; what never got there has another chance.
      if (receipt?.state === "deleted" || receipt?.state === "banned") continue;
      const missing = receipt === undefined || receipt.state === "failed";
      if (missing || replaces(receipt, config))
        bundles.push(
          bundle(bundles.length + 1, [post.id], { way: ownWay(config), replaces: missing ? null : receipt }),
        );
      else left.push(post.id);
    }
    return go({ ...state, bundles, made: bundles.length }, { name: "by-hand", left });
  },
};

/** Corrections for a person, one after the other. */
export const byHand: StageRules<Extract<Stage, { name: "by-hand" }>> = {
  enter(state, { left: [post] }, context) {
    if (post === undefined) return go(state, firstOf(state));
    return ask(state, { type: "correct-by-hand", post, note: latest(context).get(post)?.note ?? "" });
  },
  told: (state, { left }) => go(state, { name: "by-hand", left: left.slice(1) }),
};

/** What was recalled is taken down by a lane of its own; this is for what was still on its way then. */
export const takeDown: StageRules<Extract<Stage, { name: "take-down" }>> = {
  enter: (state, _stage, { items }) =>
    ask(state, { type: "take-down", posts: items().map((item) => item.post.id), note: items()[0]?.note ?? "" }),
  told: (state) => go(state, { name: "end" }),
};
