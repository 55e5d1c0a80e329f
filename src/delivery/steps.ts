/**
 * The engine for pushes of several calls: asks the kind for each next step, stores the state before each call, and gives
 * the channel back while it waits. What the steps are is the kind's, a pure function.
 */
import type { Answer, Reply, Step, StepContext, StepsKind } from "../channels/kind.ts";
import { logFault } from "../platform/log.ts";
import { MINUTE } from "../platform/time.ts";
import type { Begun, Run, Sent } from "./attempt.ts";
import { conclude, heldBack, hidesAnswers } from "./attempt.ts";
import type { Followed } from "./owed.ts";
import type { Final } from "./policy.ts";
import { call, deliveryId } from "./push.ts";
import { sealState } from "./secrets.ts";
import { excerptOf } from "./send.ts";
import type { CallRecord } from "./settle-store.ts";
import { advanceSteps } from "./settle-store.ts";
import type { Turn, Work } from "./turn.ts";
import { AT_ONCE, stay, uncalled } from "./turn.ts";

/** How many calls a channel makes in one run before the others of its shard have theirs. */
const CALLS_A_RUN = 5;
/** How often it looks into its books in one run: far over any need, so that a kind that never ends stops nobody. */
const ASKS_A_RUN = 50;
/** How long a push waits whose books cannot be read, ms. */
const BOOKS_WAIT = MINUTE;
/** The same of a push that its kind cannot go on with, ms. */
const FAULT_WAIT = 10 * MINUTE;

type StepsTurn = Extract<Turn, { type: "steps" }>;

const idOf = (channel: Work): string => deliveryId(channel.uid, channel.cursor);

const contextOf = (run: Run, channel: Work, entries: readonly Followed[]): StepContext<Record<string, unknown>> => ({
  id: idOf(channel),
  now: run.clock(),
  wall: run.deps.wall(),
  config: channel.opened,
  items: () => run.composer.items(entries.filter((entry) => !entry.withdrawn)),
  stopped: entries.some((entry) => entry.stopped),
});

/** The turn of a channel whose kind takes several calls: what it does first, asked of the kind before the intent is written. */
export async function firstStep(
  run: Run,
  channel: Work,
  turn: { to: number; entries: number[] },
  entries: readonly Followed[],
): Promise<StepsTurn> {
  const kind = channel.channelKind as StepsKind;
  const { open } = channel;
  const goesOn = open !== null && open.state !== null;
  const context = contextOf(run, channel, entries);
  const answer = goesOn && NOT_TOLD.has(open.outcome) ? ({ type: "lost" } as const) : null;
  const asked = await asking(channel, () => {
    const from = goesOn ? channel.stood : kind.begin(context.items(), channel.opened);
    return kind.next(from, answer, context);
  });
  const step = bounded(kind, asked, open?.n ?? 0);
  const state = step.type === "done" ? (open?.state ?? null) : await stored(run, channel, step.state);
  return { ...turn, type: "steps", step, state };
}

/** How a delivery stands whose last call may have been made without its kind having heard what came of it. */
const NOT_TOLD: ReadonlySet<string> = new Set(["sending", "unknown"]);

/**
 * The kind's next step. A fault of the kind must not stop the other channels of the shard: its push is tried again later,
 * from where it stands.
 */
async function asking(channel: Work, next: () => Step<unknown> | Promise<Step<unknown>>): Promise<Step<unknown>> {
  try {
    return await next();
  } catch (error) {
    logFault(`channel ${channel.uid}`, error);
    const verdict = {
      type: "unknown",
      why: "a fault of Kanfa's own, see the log; it tries again",
      after: FAULT_WAIT,
    } as const;
    return { type: "done", verdict, ...(channel.stood !== null && { state: channel.stood }) };
  }
}

/** The step, or the end of a push that has made all its calls. */
function bounded(kind: StepsKind, step: Step<unknown>, made: number): Step<unknown> {
  if (step.type !== "request" || made < kind.most) return step;
  return { type: "done", verdict: { type: "rejected", why: `not through after ${made} calls` }, state: step.state };
}

const stored = (run: Run, channel: Work, state: unknown): Promise<string> =>
  sealState(channel.channelKind as StepsKind, channel.uid, state, run.deps.keys);

/** Takes the channel's push as far as it goes in this run. Null when the lease was lost on the way: nothing is ours to write. */
export async function walk(run: Run, channel: Work, delivery: Begun, turn: StepsTurn): Promise<Sent | null> {
  const kind = channel.channelKind as StepsKind;
  let { step, state } = turn;
  let last: { reply: Reply; record: CallRecord } | null = null;
  let n = channel.open?.n ?? 0;
  let calls = 0;
  let asks = 0;
  // The intent covers a first call, if that is the first thing to do.
  let covered = step.type === "request";
  for (;;) {
    if (step.type === "done") return finish(run, channel, delivery, step, { last, n });
    if (step.type === "wait") return rest(channel, { until: step.until, state: state!, last });
    let answer: Answer;
    if (step.type === "ask") {
      if (++asks > ASKS_A_RUN) return rest(channel, { until: AT_ONCE, state: state!, last });
      const value = await told(run, channel, step.question);
      if (value === null) return rest(channel, { until: run.clock() + BOOKS_WAIT, state: state!, last });
      answer = { type: "told", value: value.told };
    } else {
      const held = heldBack(run, channel, delivery, state);
      if (covered && held) return { result: held, troubles: [], called: false };
      if (held || calls === CALLS_A_RUN)
        return rest(channel, { until: Math.max(held?.dueAt ?? 0, AT_ONCE), state: state!, last });
      const key = { channel: channel.id, from: channel.cursor };
      if (!covered && !(await advanceSteps(run.deps.db, run.token, key, last?.record ?? null, state!, run.clock())))
        return null;
      covered = false;
      calls += 1;
      n += 1;
      last = await made(run, channel, step.outgoing, n);
      answer = last.reply;
    }
    const { state: from } = step;
    const context = contextOf(run, channel, delivery.entries);
    step = bounded(kind, await asking({ ...channel, stood: from }, () => kind.next(from, answer, context)), n);
    if (step.type !== "done") state = await stored(run, channel, step.state);
  }
}

/** What the kind's books say; null when they cannot be read now. The push goes on later: nothing was called. */
async function told(run: Run, channel: Work, question: unknown): Promise<{ told: unknown } | null> {
  const { kind, id, uid, opened: config } = channel;
  try {
    const books = run.deps.books[kind];
    if (!books) throw new Error(`The kind ${kind} asks for books that it does not have.`);
    return { told: await books({ channel: id, uid, config, id: idOf(channel), now: run.clock() }, question) };
  } catch (error) {
    logFault(`channel ${channel.uid}`, error);
    return null;
  }
}

async function made(
  run: Run,
  channel: Work,
  outgoing: Extract<Step<unknown>, { type: "request" }>["outgoing"],
  n: number,
): Promise<{ reply: Reply; record: CallRecord }> {
  const { wall } = run.deps;
  const started = wall();
  const whom = { ...channel, kind: channel.channelKind, config: channel.opened };
  const reply = await call(run.deps, whom, idOf(channel), outgoing, run.now);
  run.hosts.note(channel, reply, run.clock());
  const status = reply.type === "response" ? reply.status : null;
  const why = `call ${n}: ${status === null ? reply.type : `HTTP ${status}`}`;
  const shown = hidesAnswers(channel.channelKind) ? ({ type: "timeout" } as const) : reply;
  return { reply, record: { ms: wall() - started, status, excerpt: excerptOf(why, shown, channel.secrets) } };
}

/** The channel is given back until `until`; the row tells of the last call. */
function rest(channel: Work, at: { until: number; state: string; last: { record: CallRecord } | null }): Sent {
  const { until, state, last } = at;
  return {
    called: last !== null,
    troubles: [],
    result: {
      ...stay(channel),
      // What has been answered since is no part of a row of failures.
      ...(last && { tries: 0 }),
      dueAt: until,
      delivery: uncalled({
        outcome: "pending",
        state,
        nextAt: until,
        ...(last && { called: true, ...last.record }),
      }),
    },
  };
}

async function finish(
  run: Run,
  channel: Work,
  delivery: Begun,
  end: Extract<Step<unknown>, { type: "done" }>,
  { last, n }: { last: { reply: Reply; record: CallRecord } | null; n: number },
): Promise<Sent> {
  const kind = channel.channelKind as StepsKind;
  const verdict: Final =
    end.verdict.type === "moved"
      ? { type: "retry", why: `${end.verdict.why}; its settings have to say so` }
      : end.verdict;
  const goesOn = end.state !== undefined;
  const sent = conclude(run, channel, delivery, {
    verdict,
    reply: last?.reply ?? null,
    ms: last?.record.ms ?? null,
    moved: null,
    state: goesOn ? await stored(run, channel, end.state) : null,
    last: n >= kind.most,
  });
  if (!goesOn || sent.result.cursor === channel.cursor) return sent;
  for (const question of kind.givenUp?.(end.state, contextOf(run, channel, delivery.entries)) ?? [])
    if ((await told(run, channel, question)) === null)
      return rest(channel, { until: run.clock() + BOOKS_WAIT, state: await stored(run, channel, end.state), last });
  return sent;
}
