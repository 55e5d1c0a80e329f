/**
 * One run over one shard: claim the channels that are due, read what they lack, write the intents, send, judge, write all
 * outcomes. Six queries whatever the shard's size, and three more when a person has to know of something.
 *
 * Error policy: an endpoint's fault is an outcome with a time for the next try; a channel that cannot be opened is held
 * for a person. Any other fault of ours (D1 away) is thrown: the message comes back, and until then the leases keep anyone
 * else from sending twice.
 */
import type { ShardMessage } from "../env.ts";
import type { Kind } from "../channels/kind.ts";
import { batchOf } from "../channels/kind.ts";
import { kindOf } from "../channels/index.ts";
import { newStamp } from "../platform/ids.ts";
import { log, logFault } from "../platform/log.ts";
import { HOUR, MINUTE, SECOND } from "../platform/time.ts";
import type { DeliveryDeps } from "./deps.ts";
import { LOGS } from "./logs.ts";
import type { Followed } from "./owed.ts";
import { owed, sendable } from "./owed.ts";
import { settle } from "./policy.ts";
import { Composer, deliveryId, push } from "./push.ts";
import { openConfig } from "./secrets.ts";
import { excerptOf } from "./send.ts";
import type { Claimed, Result } from "./store.ts";
import { beginDeliveries, claimChannels, forgetEnqueued, readKnown, settleStatements } from "./store.ts";
import type { Trouble } from "./trouble.ts";
import { troubleStatements } from "./trouble.ts";
import type { Purpose } from "./types.ts";

/** How long a claim holds, wall clock: time for a full shard of slow endpoints, six at a time. */
export const LEASE = 3 * MINUTE;
/** Kept free at the end of a lease for writing the outcomes. */
const MARGIN = 5 * SECOND;
/** A Worker may wait for the headers of six connections at a time (Workers limits). */
const CONNECTIONS = 6;
/** How many entries after its cursor a channel sees in one run: more than any kind's batch. */
const WINDOW = 20;
/**
 * The time of a channel that waits for nothing but news. Not "now": business time may step back, and what happens then
 * must not wait for the time that the channel was last served at.
 */
const AT_ONCE = 0;
/** A channel whose next entry belongs to a stopped publication looks again after this. */
const BLOCKED_WAIT = MINUTE;
/** A successor that is due within this travels as a delayed message (Queues took 12 hours before it took more). */
const MESSAGE_HORIZON = 12 * HOUR;
/** Beyond its time a message is given this long to arrive before the tick sends another. */
export const MESSAGE_GRACE = 90 * SECOND;

/** What a run did, for the log and the tests. */
export interface ShardReport {
  claimed: number;
  sent: number;
  accepted: number;
}

/** What a claimed channel's turn is. */
type Turn =
  | { type: "push"; to: number; entries: number[] }
  /** The open delivery has nothing left that may be sent. */
  | { type: "drop"; to: number }
  | { type: "skip"; to: number }
  | { type: "blocked" }
  | { type: "nothing" };

interface Work extends Claimed {
  channelKind: Kind;
  opened: Record<string, unknown>;
  secrets: string[];
}

/** Looks after one shard at the business time `now`. */
export async function runShard(deps: DeliveryDeps, message: ShardMessage, now: number): Promise<ShardReport> {
  const { db } = deps;
  const token = newStamp();
  const begun = deps.wall();
  const report: ShardReport = { claimed: 0, sent: 0, accepted: 0 };
  const results: Result[] = [];
  const troubles: Trouble[] = [];
  // A shard is of one purpose.
  let purpose: Purpose = "news";

  const work: Work[] = [];
  for (const channel of await claimChannels(db, message.shard, { token, until: begun + LEASE }, now, begun)) {
    report.claimed += 1;
    purpose = channel.purpose;
    try {
      work.push(await unsealed(deps, channel));
    } catch (error) {
      // A key that is gone, a kind that is not installed: a person has to mend this channel, and its shard goes on.
      logFault(`channel ${channel.uid}`, error);
      results.push({ ...stay(channel), status: "held" });
      troubles.push({
        channel: channel.uid,
        name: channel.name,
        outcome: "held",
        why: "its settings cannot be opened; mend them, then resume it",
      });
    }
  }

  if (work.length > 0) {
    const wantsText = work.some(({ channelKind, opened }) => channelKind.wants(opened) === "text");
    const slice = await LOGS[purpose].read(
      db,
      work.map((channel) => channel.cursor),
      WINDOW,
      wantsText,
    );
    const known = await readKnowledge(db, work, slice, now);
    const bySeq = new Map(slice.map((entry) => [entry.seq, entry]));
    const turns = new Map(work.map((channel) => [channel, turnOf(channel, slice, bySeq, known, now)]));
    const intents = work.flatMap((channel) => {
      const turn = turns.get(channel)!;
      return turn.type === "push"
        ? [{ channel: channel.id, from: channel.cursor, to: turn.to, entries: turn.entries }]
        : [];
    });
    const attempts = new Map<number, number>();
    if (intents.length > 0)
      for (const { channel, n } of await beginDeliveries(db, token, intents, now)) attempts.set(channel, n);

    const composer = new Composer(deps.siteUrl);
    const lastStart = begun + LEASE - MARGIN;
    await pooled(work, CONNECTIONS, async (channel) => {
      const turn = turns.get(channel)!;
      const n = attempts.get(channel.id);
      if (turn.type !== "push" || n === undefined) {
        results.push(unsent(channel, turn, now));
      } else if (deps.wall() + channel.channelKind.limits.deadline > lastStart) {
        // It could outlive the lease, and another consumer would send the same meanwhile: handed back, no attempt spent.
        results.push({ ...stay(channel), delivery: { ...NOTHING_SENT, outcome: "pending", nextAt: now } });
      } else {
        const entries = turn.entries.flatMap((seq) => bySeq.get(seq) ?? []);
        const { result, trouble } = await attempt(deps, channel, { to: turn.to, entries, n }, composer, { now, begun });
        results.push(result);
        if (trouble) troubles.push(trouble);
        report.sent += 1;
        if (result.delivery?.outcome === "accepted") report.accepted += 1;
      }
    });
  }
  await finish(deps, message, token, { purpose, results, troubles }, now, begun);
  log("shard", { shard: message.shard, ...report });
  return report;
}

/** The channel with its secrets opened. */
async function unsealed(deps: DeliveryDeps, channel: Claimed): Promise<Work> {
  const channelKind = kindOf(channel.kind);
  if (!channelKind) throw new Error(`Channel ${channel.uid} is of a kind that is not installed: ${channel.kind}.`);
  const { config, secrets } = await openConfig(channelKind, channel, deps.keys);
  return { ...channel, channelKind, opened: config, secrets };
}

/** Which posts, of those that the slice corrects or recalls, each channel was told of. A query only if there are such. */
async function readKnowledge(
  db: D1Database,
  channels: readonly Claimed[],
  slice: readonly Followed[],
  now: number,
): Promise<Set<string>> {
  const amended = new Map<number, number>();
  for (const entry of slice) if (entry.amends) amended.set(entry.amends.post, entry.amends.releasedAt);
  if (amended.size === 0) return new Set();
  const pairs = await readKnown(
    db,
    channels.map((channel) => channel.id),
    [...amended].map(([id, releasedAt]) => ({ id, releasedAt })),
    now,
  );
  return new Set(pairs.map(({ channel, post }) => `${channel}:${post}`));
}

/** What to do for a channel: go on with the delivery it has open, or with what it is owed next. */
function turnOf(
  channel: Work,
  slice: readonly Followed[],
  bySeq: ReadonlyMap<number, Followed>,
  known: ReadonlySet<string>,
  now: number,
): Turn {
  if (!channel.open) {
    const knows = (post: number) => known.has(`${channel.id}:${post}`);
    return owed({ ...channel, batch: batchOf(channel.channelKind, channel.opened) }, slice, knows, now);
  }
  const { to, entries } = channel.open;
  const frozen = entries.flatMap((seq) => bySeq.get(seq) ?? []);
  const rest = sendable(frozen, channel.expiresAfter, now);
  if (rest.length === 0) return { type: "drop", to };
  if (rest.some((entry) => entry.stopped)) return { type: "blocked" };
  return { type: "push", to, entries: rest.map((entry) => entry.seq) };
}

/** A channel that leaves our hands as it came. */
function stay(channel: Claimed): Result {
  const { id, cursor, dueAt, tries } = channel;
  return { channel: id, from: cursor, cursor, dueAt, tries, status: null, delivery: null };
}

const NOTHING_SENT = { ms: null, status: null, excerpt: null, nextAt: null };

function unsent(channel: Claimed, turn: Turn, now: number): Result {
  const as = stay(channel);
  switch (turn.type) {
    case "skip":
      return { ...as, cursor: turn.to };
    case "drop":
      return {
        ...as,
        cursor: turn.to,
        tries: 0,
        dueAt: AT_ONCE,
        delivery: { ...NOTHING_SENT, outcome: "expired", excerpt: "recalled or stale before it could be sent" },
      };
    case "blocked":
      return { ...as, dueAt: now + BLOCKED_WAIT };
    // A push without an attempt number: the lease is lost or the channel gone, and nothing of ours will be written.
    case "push":
    case "nothing":
      return as;
  }
}

/** Sends, judges, and says how the channel leaves our hands. */
async function attempt(
  deps: DeliveryDeps,
  channel: Work,
  delivery: { to: number; entries: readonly Followed[]; n: number },
  composer: Composer,
  clock: { now: number; begun: number },
): Promise<{ result: Result; trouble: Trouble | null }> {
  const { channelKind: kind, opened: config } = channel;
  const started = deps.wall();
  const payload = composer.payload(kind, config, delivery.entries);
  const target = { ...channel, kind, config };
  const reply = await push(deps, target, deliveryId(channel.uid, channel.cursor), payload, clock.now);
  const ended = deps.wall();
  const judged = kind.judge(reply);
  const verdict = judged.type === "moved" ? ({ type: "retry", why: judged.why } as const) : judged;
  const settled = settle(verdict, {
    n: delivery.n,
    now: clock.now + (ended - clock.begun),
    staleAt: Math.max(...delivery.entries.map((entry) => entry.at)) + channel.expiresAfter,
    seed: deliveryId(channel.uid, channel.cursor),
  });
  const nextAt = "nextAt" in settled ? settled.nextAt : null;
  const excerpt = excerptOf(verdict.why, reply, channel.secrets);
  return {
    result: {
      ...stay(channel),
      cursor: settled.advance ? delivery.to : channel.cursor,
      dueAt: nextAt ?? AT_ONCE,
      tries: settled.advance ? 0 : delivery.n,
      status: settled.outcome === "gone" ? "gone" : null,
      delivery: {
        outcome: settled.outcome,
        ms: ended - started,
        status: reply.type === "response" ? reply.status : null,
        excerpt,
        nextAt,
      },
    },
    trouble: settled.alert
      ? {
          channel: channel.uid,
          name: channel.name,
          outcome: settled.outcome,
          // The words of a fault may quote the address, and these leave the office.
          why: excerptOf(verdict.why, { type: "timeout" }, channel.secrets),
        }
      : null,
  };
}

/** Writes what came of the run, and sends the shard's next message if this run is the one to do so. */
async function finish(
  deps: DeliveryDeps,
  message: ShardMessage,
  token: string,
  outcome: { purpose: Purpose; results: Result[]; troubles: Trouble[] },
  now: number,
  begun: number,
): Promise<void> {
  const { db } = deps;
  const wall = deps.wall();
  const at = now + (wall - begun);
  const next = newStamp();
  const answers = await db.batch<{ dueAt: number | null }>([
    ...troubleStatements(db, outcome.troubles, { purpose: outcome.purpose, token, at }),
    ...settleStatements(
      db,
      message.shard,
      token,
      outcome.results,
      { now: at, wall, horizon: MESSAGE_HORIZON, grace: MESSAGE_GRACE },
      { mine: message.ticket, next },
    ),
  ]);
  for (const trouble of outcome.troubles) log("trouble", { ...trouble });
  const dueAt = answers.at(-1)?.results[0]?.dueAt;
  if (dueAt === undefined || dueAt === null || dueAt - at > MESSAGE_HORIZON) return;
  const delay = Math.max(0, Math.ceil((dueAt - at) / SECOND));
  const successor: ShardMessage = { v: 1, shard: message.shard, at, made: wall, ticket: next };
  try {
    await deps.queue.send(successor, delay > 0 ? { delaySeconds: delay } : undefined);
  } catch (error) {
    // The rows know what is due; the tick sends it instead.
    logFault("queue.send", error);
    await forgetEnqueued(db, [message.shard]).run();
  }
}

/** Runs `task` over `items`, at most `width` at a time. */
async function pooled<T>(items: readonly T[], width: number, task: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}
