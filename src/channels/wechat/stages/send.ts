/** From a draft to readers: the submission, what became of one whose answer was lost, and how it ended. */
import { DAY, MINUTE, SECOND } from "../../../platform/time.ts";
import {
  articlesIn,
  findHolding,
  getDraft,
  idIn,
  listPublications,
  massIn,
  massState,
  publication,
  publicationIn,
  publish,
  sendAll,
  sourcesOf,
  urlsIn,
} from "../calls.ts";
import { textIn } from "../../http.ts";
import { answerIn, sentence } from "../codes.ts";
import type { Finished, SentUnseen } from "../questions.ts";
import { ownWay } from "./plan.ts";
import { bundleName, type Stage, type State } from "../state.ts";
import {
  again,
  anew,
  articlesOf,
  ask,
  bundleOf,
  type Context,
  divide,
  go,
  heldOf,
  leaveOut,
  type Move,
  postsOf,
  printOf,
  request,
  type StageRules,
  wait,
  withBundle,
} from "./flow.ts";

const NO_MASS_LEFT = 45028;
const USED_UP = "微信说群发次数已经用完，与刊发的记录不同";
const ALREADY_SENT = 45065;
const BAD_MEDIA = 40007;
/** The platform was busy, and does not say whether it did what it was asked. */
const BUSY = -1;

/** The draft holds what is to go out: no post was recalled or corrected after it was made. */
const holds = (state: State, context: Context): boolean =>
  printOf(articlesOf(state, context)) === bundleOf(state).print;

/** The platform took it. An answer that does not say as what is as good as none. */
function submitted(state: State, job: string, { now }: Context): Move {
  if (job === "") return wait(state, unsure(state), now + MINUTE);
  return wait(withBundle(state, { job, since: now }), { name: "result", polls: 0, asked: false }, now + FIRST_POLL);
}

export const submit: StageRules<Extract<Stage, { name: "submit" }>> = {
  enter(state, { maybe, gone }, context) {
    const { draft, way } = bundleOf(state);
    // Under another id it could be a second message. Without its draft nothing is sent that was not sent before.
    if (maybe && draft !== null)
      return !gone && recalled(state, context)
        ? go(state, LOOK)
        : request(state, sendAll(draft, massId(state, context), context.config));
    if (draft === null || !holds(state, context)) return anew(state);
    // The office has settled that a person sends from now on.
    if (ownWay(context.config) === "draft") return go(withBundle(state, { way: "draft" }), { name: "sheet" });
    const outgoing = way === "mass" ? sendAll(draft, massId(state, context), context.config) : publish(draft);
    return request(withBundle(state, { since: context.now }), outgoing);
  },
  replied(state, { maybe }, judged, context, reply) {
    const { way } = bundleOf(state);
    if (judged.ok) return submitted(state, idIn(judged.value[way === "mass" ? "msg_id" : "publish_id"]), context);
    const { errcode, explained, verdict } = judged;
    if (errcode === ALREADY_SENT && reply.type === "response")
      return submitted(state, idIn(answerIn(reply.body)?.["msg_id"]), context);
    if (way === "mass" && errcode === NO_MASS_LEFT) {
      // It may be this very message that used it up.
      if (maybe) return go(state, LOOK);
      // The platform's own count is what counts: these posts are published without a message.
      const told = {
        code: String(errcode),
        words: USED_UP,
        next: "请编辑看是否有人在公众平台群发过；这一组改为发布（不推送给粉丝）",
        after: 0,
      };
      return go(withBundle(state, { way: "publish" }), { name: "trouble", told, onward: { name: "submit" } });
    }
    if (errcode === BAD_MEDIA) return go(state, { name: "find-publication", looks: 0 });
    if (verdict.type === "unknown" || errcode === BUSY) return again(state, judged, unsure(state));
    if (explained.class === "article") return divide(state, sentence(explained), context);
    return again(state, judged);
  },
  lost: (state) => go(state, unsure(state)),
};

/** Of a bundle that was begun anew the platform must not take the first message for this one. At most 64 bytes. */
const massId = (state: State, { id }: Context): string => {
  const bundle = bundleOf(state);
  return `${bundleName(id, bundle)}.${bundle.redone}`;
};

/** A message to all is repeated under its id; for a publication the draft is looked at first. */
const unsure = (state: State): Stage => (bundleOf(state).way === "mass" ? { name: "submit", maybe: true } : LOOK);

/** Of a message to all a repeat tells which it was, a publication is looked for. */
const withoutDraft = (state: State): Stage =>
  bundleOf(state).way === "mass" ? { name: "submit", maybe: true, gone: true } : { name: "find-publication", looks: 0 };

/** Whether something of the draft was recalled since. */
const recalled = (state: State, context: Context): boolean =>
  postsOf(state, bundleOf(state), context).length < heldOf(state).length;

const LOOK = { name: "look", looks: 0, asked: false } as const;
/**
 * A submission that was taken keeps its draft until it is through its review, or the administrator's half hour is over: an
 * hour late is better than twice.
 */
const LOOKS = [MINUTE, MINUTE, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 25 * MINUTE];

/** Whether the platform has told of what this bundle became. */
function askUnseen(state: State): Move {
  const { way, since } = bundleOf(state);
  return ask(state, { type: "sent-unseen", way: way === "mass" ? way : "publish", since, ended: state.ended ?? [] });
}

export const look: StageRules<Extract<Stage, { name: "look" }>> = {
  enter: (state, { asked }) => (asked ? request(state, getDraft(bundleOf(state).draft ?? "")) : askUnseen(state)),
  told(state, stage, value, context) {
    const sent = value as SentUnseen;
    if (sent === null) return go(state, { ...stage, asked: true });
    return ended(withBundle(state, { job: sent.job }), sent.finished, context);
  },
  replied(state, { looks }, judged, { now }) {
    if (!judged.ok) return judged.errcode === BAD_MEDIA ? go(state, withoutDraft(state)) : again(state, judged);
    const rest = LOOKS[looks];
    // A draft that is still there after all that time was not taken.
    if (rest === undefined) return go(state, { name: "submit" });
    return wait(state, { name: "look", looks: looks + 1, asked: false }, now + rest);
  },
};

const GONE =
  "草稿不见了，已发布的文章里也找不到：可能有人在公众号后台删除了它，或手工群发了它。为免重复，刊发没有再发；请到后台核对，没有发出的更正一次即会重新发布";

export const findPublication: StageRules<Extract<Stage, { name: "find-publication" }>> = {
  // The list of publications has no messages to all: of those only events tell.
  enter: (state) => (bundleOf(state).way === "mass" ? askUnseen(state) : request(state, listPublications())),
  told(state, { looks }, value, context) {
    const sent = value as SentUnseen;
    if (sent === null) return notFound(state, looks, context);
    return ended(withBundle(state, { job: sent.job }), sent.finished, context);
  },
  replied(state, { looks }, judged, context) {
    if (!judged.ok) return again(state, judged);
    const { sources, replaces } = bundleOf(state);
    const sought = sources ?? sourcesOf(articlesOf(state, context));
    // What it is to take the place of comes from the same post.
    const found = findHolding(judged.value, sought, replaces?.articleId ?? null);
    if (found === null) return notFound(state, looks, context);
    const articleId = textIn(found["article_id"]) || null;
    const urls = urlsIn(articlesIn(found));
    return go(state, { name: "written", result: { state: "published", articleId, urls } });
  },
};

/** How often what should be there is missed before a person has to look. */
const TIMES_MISSED = 3;

function notFound(state: State, looks: number, context: Context): Move {
  if (looks + 1 < TIMES_MISSED)
    return wait(state, { name: "find-publication", looks: looks + 1 }, context.now + MINUTE);
  const posts = postsOf(state, bundleOf(state), context);
  const out = Object.fromEntries(posts.map((item) => [item.post.id, GONE]));
  return go({ ...state, out: { ...state.out, ...out } }, { name: "end" });
}

const FIRST_POLL = 5 * SECOND;
/** Between looks at a result: events come within seconds, reviews take minutes, an administrator has half an hour. */
const POLLS = [20 * SECOND, MINUTE, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE];
/** A message to all that has ended waits this many looks for its event: nothing else has the addresses, or says why it was refused. */
const FOR_EVENT = 5;
/** Longer than any review. */
const NO_RESULT = DAY;
const SILENT = "微信一天里没有给出结果。为免重复，刊发没有再发；请到公众号后台核对";

export const result: StageRules<Extract<Stage, { name: "result" }>> = {
  enter(state, { asked }, { now }) {
    const { way, job, since } = bundleOf(state);
    if (!asked) return ask(state, { type: "finished", job: `${way === "mass" ? "mass" : "publish"}:${job}` });
    if (now - since > NO_RESULT) return go(state, { name: "written", result: UNTOLD });
    return request(state, way === "mass" ? massState(job ?? "") : publication(job ?? ""));
  },
  told(state, stage, value, context) {
    const finished = value as Finished;
    return finished === null ? go(state, { ...stage, asked: true }) : ended(state, finished, context);
  },
  replied(state, { polls }, judged, context) {
    if (!judged.ok) return again(state, judged);
    const mass = bundleOf(state).way === "mass";
    const finished = mass ? massIn(judged.value) : publicationIn(judged.value);
    if (finished !== null && (!mass || polls >= FOR_EVENT)) return ended(state, finished, context);
    const next = POLLS[Math.min(polls, POLLS.length - 1)]!;
    return wait(state, { name: "result", polls: polls + 1, asked: false }, context.now + next);
  },
};

/** Nobody knows: it counts as published, so that it is never sent again. */
const UNTOLD = { state: "published", articleId: null, urls: {}, why: SILENT } as const;

function ended(before: State, { status, articleId, urls, failed }: NonNullable<Finished>, context: Context): Move {
  const bundle = bundleOf(before);
  const state = { ...before, ended: [...(before.ended ?? []), ...(bundle.job === null ? [] : [bundle.job])] };
  if (status === "published") return go(state, { name: "written", result: { state: "published", articleId, urls } });
  const posts = heldOf(state);
  const why = status.refused;
  const out = failed.flatMap((idx) => (posts[idx - 1] === undefined ? [] : [[posts[idx - 1]!, why]]));
  // The platform names the articles at fault: the others go again without them.
  if (out.length > 0) return leaveOut(state, Object.fromEntries(out) as Record<string, string>);
  if (status.decided) return leaveOut(state, Object.fromEntries(posts.map((post) => [post, why])));
  if (bundle.way === "mass") {
    // No message to all: readers get the posts all the same.
    const told = { code: "mass", words: `没有群发成功：${why}`, next: "这一组改为发布（不推送给粉丝）", after: 0 };
    const published = withBundle(state, { way: "publish", job: null, redone: bundle.redone + 1 });
    return go(published, { name: "trouble", told, onward: { name: "discard" } });
  }
  return bundle.redone < 2 ? anew(state) : divide(state, why, context);
}
