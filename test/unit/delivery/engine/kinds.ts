/** Kinds made for looking at the engine: their pushes say which entries they carry, and nothing else. */
import { z } from "zod";
import type { Answer, Kind, Reply, Step, StepsKind, Verdict } from "../../../../src/channels/kind.ts";
import { judgeFailure } from "../../../../src/channels/kind.ts";
import { retryAfter } from "../../../../src/channels/retry-after.ts";
import { MINUTE } from "../../../../src/platform/time.ts";

const config = z.strictObject({ url: z.url(), token: z.string().default("") });
type Config = z.output<typeof config>;

const DESCRIPTION = {
  config,
  secrets: [],
  address: "url",
  signs: null,
  limits: { batch: 1, deadline: 10_000 },
  unknown: "resend",
  wants: () => "summary" as const,
} as const;

/** A kind of one call that judges by the status as webhooks do, and can be told that its channel has moved. */
export function plain(name: string, more: Partial<Kind<Config, number[]>> = {}): Kind {
  const kind: Kind<Config, number[]> = {
    ...DESCRIPTION,
    name,
    variant: () => "",
    compose: (items) => items.map(({ seq }) => seq),
    composeAlerts: (items) => items.map(({ seq }) => seq),
    request: (seqs, { url }, { id }) => ({
      transport: "http",
      url,
      headers: { id },
      body: JSON.stringify(seqs),
    }),
    judge,
    ...more,
  };
  return kind as unknown as Kind;
}

function judge(reply: Reply): Verdict {
  if (reply.type !== "response") return judgeFailure(reply);
  const why = `HTTP ${reply.status}`;
  if (reply.status === 200) return { type: "accepted", why };
  if (reply.status === 301) return { type: "moved", why, patch: JSON.parse(reply.body) as Partial<Config> };
  if (reply.status === 410) return { type: "gone", why };
  if (reply.status === 422) return { type: "rejected", why };
  return { type: "retry", why, after: retryAfter(reply.headers), ...(reply.status === 429 && { throttled: true }) };
}

export const STAGES = ["create", "publish", "confirm"] as const;

interface State {
  seqs: number[];
  /** Which of the calls comes next, or was just made. */
  stage: number;
  /** Whether it is being asked if that call was made. */
  looking: boolean;
}

/** How long the test platform takes after each of its calls but the last. */
export const SLOW = 30 * MINUTE;

/**
 * A kind of three calls with half an hour between them, on a platform that has no idempotency: a call whose answer was
 * lost is looked up, not made again.
 */
export function threefold(name: string, more: Partial<StepsKind<Config, State>> = {}): StepsKind {
  const kind: StepsKind<Config, State> = {
    ...DESCRIPTION,
    name,
    limits: { ...DESCRIPTION.limits, batch: 4 },
    most: 200,
    sealed: false,
    begin: (items) => ({ seqs: items.map(({ seq }) => seq), stage: 0, looking: false }),
    next,
    ...more,
  };
  return kind as unknown as StepsKind;
}

function next(
  state: State,
  answer: Answer,
  { id, now, config }: { id: string; now: number; config: Config },
): Step<State> {
  const ask = (asked: State): Step<State> => ({
    type: "request",
    state: asked,
    outgoing: {
      transport: "http",
      method: asked.looking ? "GET" : "POST",
      url: `${config.url}/${STAGES[asked.stage]}`,
      headers: { id },
      body: asked.looking ? "" : JSON.stringify(asked.seqs),
    },
  });
  if (answer === null || answer.type === "told") return ask(state);
  if (answer.type === "lost") return ask({ ...state, looking: true });
  if (answer.type !== "response")
    return { type: "done", verdict: judgeFailure(answer), state: { ...state, looking: true } };
  if (answer.status !== 200) return { type: "done", verdict: judge(answer), state };
  if (state.looking && answer.body === "no") return ask({ ...state, looking: false });
  if (state.stage === STAGES.length - 1) return { type: "done", verdict: { type: "accepted", why: "confirmed" } };
  return { type: "wait", state: { ...state, stage: state.stage + 1, looking: false }, until: now + SLOW };
}
