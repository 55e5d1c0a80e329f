/** From posts to a draft that holds them: pictures, draft, and the look whether all of it is there. */
import { NO_PICTURE } from "../call.ts";
import {
  addDraft,
  articlesIn,
  deleteDraft,
  findHolding,
  getDraft,
  listDrafts,
  materialIn,
  sourcesOf,
  upload,
  uploadedIn,
} from "../calls.ts";
import { articleOf, DIGEST_PICTURE, picturesFor, pictureOf } from "../articles.ts";
import { textIn } from "../../http.ts";
import { sentence } from "../codes.ts";
import { lossOf } from "../round-trip.ts";
import type { Stage, State } from "../state.ts";
import {
  again,
  anew,
  anewOrDivide,
  articlesOf,
  bundleOf,
  type Context,
  divide,
  go,
  leaveOut,
  postsOf,
  printOf,
  REDOING,
  REST,
  request,
  type StageRules,
  unfitOf,
  wait,
  withBundle,
} from "./flow.ts";

/** The pictures that the bundle at work needs and that nobody has asked for yet. */
function wanted(state: State, context: Context): string[] {
  const bundle = bundleOf(state);
  const keys = postsOf(state, bundle, context).flatMap((item) => picturesFor(item, state.pictures));
  return [...keys, ...(bundle.digest ? [DIGEST_PICTURE] : [])].filter((key) => !(key in state.pictures));
}

const kept = (state: State, key: string, at: string | null): State => ({
  ...state,
  pictures: { ...state.pictures, [key]: at },
});

export const pictures: StageRules<Extract<Stage, { name: "pictures" }>> = {
  enter(state, _stage, context) {
    const [key] = wanted(state, context);
    if (key === undefined) return go(state, { name: "draft" });
    return request({ ...state, stage: { name: "pictures", key } }, upload(key));
  },
  replied(state, { key }, judged, _context, reply) {
    if (judged.ok) {
      const at = pictureOf(key).use === "cover" ? materialIn(judged.value) : uploadedIn(judged.value);
      return go(kept(state, key, at === "" ? null : at), { name: "pictures", key: "" });
    }
    const missing = reply.type === "refused" && reply.why.startsWith(NO_PICTURE);
    // A picture that is dead never loses the post.
    if (missing || judged.explained.class === "article")
      return go(kept(state, key, null), { name: "pictures", key: "" });
    return again(state, judged);
  },
};

/** No cover was to be had, not even the plain one: nothing can be drafted without. */
const coverless = (state: State, context: Context): boolean =>
  articlesOf(state, context).some((article) => article.thumb_media_id === "");

const BAD_MEDIA = 40007;
/** The platform was busy, and does not say whether it did what it was asked. */
const BUSY = -1;

export const draft: StageRules<Extract<Stage, { name: "draft" }>> = {
  enter(state, _stage, context) {
    const out = unfitOf(state, context);
    const left = { ...state, out: { ...state.out, ...out } };
    const articles = articlesOf(left, context);
    if (articles.length === 0) return go(left, { name: "end" });
    if (coverless(left, context)) {
      const told = {
        code: "cover",
        words: "封面图传不上去，连备用封面也不行",
        next: "请维护人员检查公众号素材库是否已满，以及刊发自带的封面图是否部署",
        after: REST,
      };
      const asked = without(left.pictures, (at) => at === null);
      return go({ ...left, pictures: asked }, { name: "trouble", told, onward: { name: "pictures", key: "" } });
    }
    const posts = postsOf(left, bundleOf(left), context).map((item) => item.post.id);
    const held = { posts, print: printOf(articles), sources: sourcesOf(articles) };
    return request(withBundle({ ...left, stage: { name: "draft" } }, held), addDraft(articles));
  },
  replied(state, _stage, judged, context) {
    if (judged.ok) return go(withBundle(state, { draft: textIn(judged.value["media_id"]) }), { name: "proof" });
    const { errcode, explained, verdict } = judged;
    if (verdict.type === "unknown" || errcode === BUSY) return again(state, judged, { name: "find-draft" });
    // Somebody may have tidied the library, and the client has forgotten these covers: they are uploaded anew.
    if (errcode === BAD_MEDIA && bundleOf(state).redone < REDOING)
      return anew({ ...state, pictures: without(state.pictures, () => true) });
    if (explained.class === "article") return divide(state, sentence(explained), context);
    return again(state, judged);
  },
  lost: (state) => go(state, { name: "find-draft" }),
};

/** The pictures but for the covers of which `drop` is true. */
const without = (all: State["pictures"], drop: (at: string | null) => boolean): State["pictures"] =>
  Object.fromEntries(Object.entries(all).filter(([key, at]) => pictureOf(key).use !== "cover" || !drop(at)));

export const findDraft: StageRules<Extract<Stage, { name: "find-draft" }>> = {
  enter: (state) => request(state, listDrafts()),
  replied(state, _stage, judged, context) {
    if (!judged.ok) return again(state, judged);
    const found = findHolding(judged.value, bundleOf(state).sources ?? sourcesOf(articlesOf(state, context)));
    // A second draft does no harm: nobody reads drafts.
    if (found === null) return go(state, { name: "draft" });
    return go(withBundle(state, { draft: textIn(found["media_id"]) }), { name: "proof" });
  },
};

export const proof: StageRules<Extract<Stage, { name: "proof" }>> = {
  enter: (state) => request(state, getDraft(bundleOf(state).draft ?? "")),
  replied(state, _stage, judged, context) {
    if (!judged.ok) {
      if (judged.errcode !== BAD_MEDIA) return again(state, judged);
      return anewOrDivide(withBundle(state, { draft: null }), "微信的草稿箱里没有了刚存的草稿", context);
    }
    const stored = articlesIn(judged.value);
    const sent = articlesOf(state, context);
    // Something was recalled or corrected since.
    if (printOf(sent) !== bundleOf(state).print) return anew(state);
    if (stored.length !== sent.length) return anewOrDivide(state, "微信存下的草稿少了文章", context);
    const posts = postsOf(state, bundleOf(state), context);
    const lost = posts.flatMap((item, i) => {
      const loss = lossOf(articleOf(item, context.config, state.pictures), stored[i]!, sent.length === 1);
      return loss === null ? [] : [[item.post.id, `微信存下的草稿与送出的不同：${loss}。请改稿后更正，会重新发布`]];
    });
    if (lost.length > 0) return leaveOut(state, Object.fromEntries(lost) as Record<string, string>);
    if (bundleOf(state).way === "draft") return go(state, { name: "sheet" });
    // A run reads the posts when it begins. What was recalled during this one must not slip out at its end.
    return wait(state, { name: "submit" }, context.now);
  },
};

export const discard: StageRules<Extract<Stage, { name: "discard" }>> = {
  enter(state) {
    const { draft: media } = bundleOf(state);
    if (media === null) return go(state, { name: "pictures", key: "" });
    return request(state, deleteDraft(media));
  },
  // A draft too many is in nobody's way.
  replied: (state) => go(withBundle(state, { draft: null }), { name: "pictures", key: "" }),
};
