/** The end of a bundle, and of the push: what became of it is written down, and what it took the place of goes. */
import { unpublish } from "../calls.ts";
import type { Placed, Question } from "../questions.ts";
import { bundleName, type Stage, type State } from "../state.ts";
import { again, ask, bundleOf, type Context, go, heldOf, type Move, request, type StageRules } from "./flow.ts";

const placed = (state: State): Placed[] => heldOf(state).map((post, i) => ({ post, idx: i + 1 }));

export const written: StageRules<Extract<Stage, { name: "written" }>> = {
  enter(state, { result }, context) {
    const bundle = bundleOf(state);
    const { way, draft, job } = bundle;
    const articles = placed(state);
    return ask(state, { type: "written", bundle: bundleName(context.id, bundle), way, draft, job, articles, result });
  },
  told(state, { result }) {
    const urls = placed(state).flatMap(({ post, idx }) =>
      result.urls[idx] === undefined ? [] : [[post, result.urls[idx]]],
    );
    const known = { ...state, urls: { ...state.urls, ...(Object.fromEntries(urls) as Record<string, string>) } };
    return go(known, bundleOf(state).replaces === null ? { name: "end" } : { name: "replaced" });
  },
};

export const sheet: StageRules<Extract<Stage, { name: "sheet" }>> = {
  enter(state, _stage, context) {
    const bundle = bundleOf(state);
    const articles = placed(state);
    return ask(state, { type: "sheet", bundle: bundleName(context.id, bundle), draft: bundle.draft ?? "", articles });
  },
  told: (state) => go(state, { name: "end" }),
};

export const replaced: StageRules<Extract<Stage, { name: "replaced" }>> = {
  enter(state) {
    const { replaces } = bundleOf(state);
    if (replaces === null || replaces.articleId === null) return go(state, { name: "end" });
    return request(state, unpublish(replaces.articleId, replaces.idx));
  },
  // An article that the platform does not know any more is gone, which is what was wanted.
  replied: (state, _stage, judged) =>
    judged.ok || judged.explained.class === "article" ? go(state, { name: "end" }) : again(state, judged),
};

export const trouble: StageRules<Extract<Stage, { name: "trouble" }>> = {
  enter: (state, { told }) => ask(state, { type: "trouble", told }),
  told(state, { told: { code, words, next, after }, onward }): Move {
    if (after === 0) return go(state, onward);
    // Each rest is as long as the first: what a person has mended must not wait for hours.
    const verdict = { type: "retry", why: `${code} ${words}。${next}`, after, throttled: true } as const;
    return { type: "done", verdict, state: { ...state, stage: onward } };
  },
};

/** Of a correction that did not go out. */
const STANDING = "。公众号上仍是更正前的文章：不能留的，请先撤回";

export const end: StageRules<Extract<Stage, { name: "end" }>> = {
  enter(state, _stage, context) {
    if (state.at + 1 < state.bundles.length) return go({ ...state, at: state.at + 1 }, { name: "pictures", key: "" });
    const titles = new Map(context.items().map((item) => [item.post.id, item.post.title]));
    const standing = new Set(state.bundles.flatMap(({ posts, replaces }) => (replaces === null ? [] : posts)));
    // What was recalled since is missed by nobody.
    const left = Object.entries(state.out).flatMap(([post, why]) => {
      const title = titles.get(post);
      return title === undefined ? [] : [{ post, title, why: why + (standing.has(post) ? STANDING : "") }];
    });
    if (left.length > 0)
      return ask(state, { type: "left-out", bundle: bundleName(context.id, bundleOf(state)), posts: left });
    return through(state);
  },
  told: (state) => through(state),
};

const TOO_LATE = "公众号一直调用不了，已经过了有效期，没有发出；问题解决后更正一次即会发布";
const UNSURE = "已提交给微信，但一直没有查到结果。为免重复，刊发不会再发；请到公众号后台核对";

/** Whether the bundle at work may be out: it was submitted, or a submission was made whose answer is not known. */
function submitted({ stage }: State): boolean {
  const at = stage.name === "trouble" ? stage.onward : stage;
  if (at.name === "submit") return at.maybe === true;
  return at.name === "look" || at.name === "find-publication" || at.name === "result" || at.name === "written";
}

/** A push that is given up: what may be out counts as published, so that it is never sent again; the rest is left out. */
export function givenUp(state: State, { id, items }: Context): Question[] {
  const questions: Question[] = [];
  const unsure = state.bundles.length > 0 && submitted(state);
  if (unsure) {
    const { way, draft, job } = bundleOf(state);
    const result = { state: "published", articleId: null, urls: {}, why: UNSURE } as const;
    const bundle = bundleName(id, bundleOf(state));
    questions.push({ type: "written", bundle, way, draft, job, articles: placed(state), result });
  }
  const waiting = new Set(state.bundles.slice(state.at + Number(unsure)).flatMap(({ posts }) => posts));
  const left = items().flatMap(({ post: { id: post, title } }) => {
    const why = state.out[post] ?? (waiting.has(post) ? TOO_LATE : null);
    return why === null ? [] : [{ post, title, why }];
  });
  if (left.length > 0) questions.push({ type: "left-out", bundle: `${id}:0`, posts: left });
  return questions;
}

function through(state: State): Move {
  const out = Object.keys(state.out).length;
  const all = state.bundles.reduce((sum, { posts }) => sum + posts.length, 0);
  const why = out === 0 ? "全部完成" : `${out} 篇没有发出，其余已完成`;
  // What went out must not be sent again for the sake of what did not: the office was told of that by itself.
  return { type: "done", verdict: { type: "accepted", why: all === 0 ? "没有要做的" : why } };
}
