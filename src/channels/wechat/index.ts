/**
 * A WeChat Official Account (公众号, 服务号). A push takes a day's posts to the account in bundles of eight: pictures, a draft,
 * the look whether the draft holds all of it, the submission, and its result. What happens next is decided by the stage
 * that the push is at (`stages/`); calls are made by delivery through `wechat/client/client.ts`, what has to be known of other
 * pushes is in the account's books (`wechat/books/books.ts`).
 */
import { localDate, MINUTE, zonedTime } from "../../platform/time.ts";
import type { Answer, Step, StepsKind } from "../kind.ts";
import { ACCOUNT_SECRETS, type AccountConfig, accountConfig } from "./account.ts";
import { CALL_DEADLINE } from "./call.ts";
import { judgeAnswer } from "./codes.ts";
import { draft, discard, findDraft, pictures, proof } from "./stages/draft.ts";
import { end, givenUp, replaced, sheet, trouble, written } from "./stages/end.ts";
import { type Context, isReply, type Move, type StageRules } from "./stages/flow.ts";
import { bundlesOf, byHand, claim, receipts, takeDown } from "./stages/plan.ts";
import { findPublication, look, result, submit } from "./stages/send.ts";
import type { Stage, State } from "./state.ts";

const STAGES: { readonly [Name in Stage["name"]]: StageRules<Extract<Stage, { name: Name }>> } = {
  claim,
  receipts,
  "by-hand": byHand,
  "take-down": takeDown,
  pictures,
  draft,
  "find-draft": findDraft,
  proof,
  discard,
  submit,
  look,
  "find-publication": findPublication,
  result,
  written,
  sheet,
  replaced,
  trouble,
  end,
};

/** What only follows what readers have by now, and goes on while their publication is stopped: what is out can be recalled once it is written down. */
const FOLLOWS: ReadonlySet<Stage["name"]> = new Set(["look", "find-publication", "result", "written", "trouble"]);
const STOPPED_WAIT = MINUTE;

/** How many moves without anything to do may follow each other: far over what a push of any size has. */
const MOVES = 200;

function next(state: State, answer: Answer, context: Context): Step<State> {
  let move: Move = answer === null ? { type: "go", state } : learned(state, answer, context);
  for (let moves = 0; move.type === "go"; moves++) {
    if (moves === MOVES) throw new Error(`A push turns in circles at ${move.state.stage.name}.`);
    const { stage } = move.state;
    if (context.stopped && !FOLLOWS.has(stage.name))
      return { type: "wait", state: move.state, until: context.now + STOPPED_WAIT };
    move = rulesOf(stage).enter(move.state, stage, context);
  }
  return move;
}

function learned(state: State, answer: Exclude<Answer, null>, context: Context): Move {
  const { stage } = state;
  const rules = rulesOf(stage);
  const again: Move = { type: "go", state };
  if (answer.type === "told") return rules.told?.(state, stage, answer.value, context) ?? again;
  if (!isReply(answer)) return rules.lost?.(state, stage, context) ?? again;
  return rules.replied?.(state, stage, judgeAnswer(answer, context.now), context, answer) ?? again;
}

const rulesOf = (stage: Stage): StageRules<Stage> => STAGES[stage.name] as StageRules<Stage>;

const FIRST: Readonly<Record<State["kind"], Stage>> = {
  published: { name: "claim" },
  corrected: { name: "receipts" },
  recalled: { name: "take-down" },
};

export const wechat: StepsKind<AccountConfig, State> = {
  name: "wechat",
  config: accountConfig,
  secrets: ACCOUNT_SECRETS,
  address: null,
  signs: null,
  // Three drafts, among the posts of other publications.
  limits: { batch: 24, reach: 64, deadline: CALL_DEADLINE },
  credential: ({ app_id }) => app_id,
  unknown: "resend",
  hosts: ["api.weixin.qq.com"],
  wants: () => "text",
  holds({ push_at, time_zone }, at, now) {
    const push = zonedTime(localDate(at, time_zone), push_at, time_zone);
    return at < push && now < push ? push : null;
  },
  // Twenty-four posts of nine pictures, and nine covers each half hour until the news is stale; what is over it turns in circles.
  most: 2000,
  sealed: false,
  followsStopped: true,
  givenUp,
  begin(items, config) {
    const kind = items[0]?.kind ?? "published";
    const bundles =
      kind === "published"
        ? bundlesOf(
            items.map((item) => item.post.id),
            config,
          )
        : [];
    return { v: 1, kind, bundles, at: 0, made: bundles.length, pictures: {}, out: {}, urls: {}, stage: FIRST[kind] };
  },
  next,
};
