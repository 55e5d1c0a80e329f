/**
 * One run over one shard: claim the channels that are due, read what they lack, write the intents, send, judge, write all
 * outcomes. Six queries whatever the shard's size; a few more when a post is corrected, when a host falls over or is
 * tried again, when a person has to know of something, and for each further call of a push of several.
 *
 * Error policy: an endpoint's fault is an outcome with a time for the next try; a channel that cannot be opened is held
 * for a person. Any other fault of ours (D1 away) is thrown: the message comes back, and until then the leases keep anyone
 * else from sending twice.
 */
import type { ShardMessage } from "../env.ts";
import { takesSteps } from "../channels/kind.ts";
import { newStamp } from "../platform/ids.ts";
import { log, logFault } from "../platform/log.ts";
import { MINUTE, SECOND } from "../platform/time.ts";
import type { Run, Sent } from "./attempt.ts";
import { attempt, gateOf } from "./attempt.ts";
import { PROBING } from "./breaker.ts";
import type { Claimed, Intent } from "./claim-store.ts";
import { beginDeliveries, claimChannels, readKnown, takeProbes } from "./claim-store.ts";
import { CONNECTIONS, connections } from "./connections.ts";
import type { DeliveryDeps } from "./deps.ts";
import { Hosts } from "./hosts.ts";
import { hostOf } from "./identity.ts";
import { LOGS } from "./logs.ts";
import type { Followed } from "./owed.ts";
import { Composer } from "./push.ts";
import { LOOKUP_DEADLINE } from "./resolve.ts";
import { openConfig, openState } from "./secrets.ts";
import type { Result } from "./settle-store.ts";
import { hostStatements, settleStatements } from "./settle-store.ts";
import { firstStep, walk } from "./steps.ts";
import { forgetEnqueued } from "./store.ts";
import type { Trouble } from "./trouble.ts";
import { troubleStatements } from "./trouble.ts";
import type { Turn, Work } from "./turn.ts";
import { line, stay, turnOf, unsent } from "./turn.ts";
import type { Purpose } from "./types.ts";

/** How long a claim holds, wall clock: time for a full shard of slow endpoints, six at a time. */
const LEASE = 3 * MINUTE;
/** Kept free at the end of a lease for writing the outcomes. */
const MARGIN = 5 * SECOND;
/** How many entries after its cursor a channel sees in one run, unless its kind looks further: more than any kind's batch. */
const WINDOW = 20;
/** A successor that is due within this travels as a delayed message; a later one is the tick's, which goes by business time alone. */
const MESSAGE_HORIZON = MINUTE;
/** Beyond its time a message is given this long to arrive before the tick sends another. */
export const MESSAGE_GRACE = 90 * SECOND;

/** What a run did, for the log and the tests. */
interface ShardReport {
  claimed: number;
  sent: number;
  accepted: number;
}

/** What a run writes when it is over. */
interface Outcome {
  purpose: Purpose;
  results: Result[];
  troubles: Trouble[];
}

/** Looks after one shard at the business time `now`. */
export async function runShard(deps: DeliveryDeps, message: ShardMessage, now: number): Promise<ShardReport> {
  const { db } = deps;
  const token = newStamp();
  const begun = deps.wall();
  const claim = { token, until: begun + LEASE, failing: CONNECTIONS };
  const claimed = await claimChannels(db, message.shard, claim, now, begun);
  const report: ShardReport = { claimed: claimed.length, sent: 0, accepted: 0 };
  // A shard is of one purpose.
  const outcome: Outcome = { purpose: claimed[0]?.purpose ?? "news", results: [], troubles: [] };
  const work = await unsealAll(deps, claimed, outcome);
  const run: Run = {
    deps,
    token,
    now,
    composer: new Composer(deps.siteUrl),
    hosts: new Hosts(work),
    clock: () => now + (deps.wall() - begun),
    hasTime: (deadline) => deps.wall() + LOOKUP_DEADLINE + deadline <= begun + LEASE - MARGIN,
  };
  if (work.length > 0) await serve(run, work, outcome, report);
  await finish(run, message, outcome, begun);
  log("shard", { shard: message.shard, ...report });
  return report;
}

/** Reads what these channels lack, decides each one's turn, and takes it. */
async function serve(run: Run, work: readonly Work[], outcome: Outcome, report: ShardReport): Promise<void> {
  const { db } = run.deps;
  const wantsText = work.some(({ channelKind, opened }) => channelKind.wants(opened) === "text");
  const cursors = work.map((channel) => channel.cursor);
  const window = Math.max(WINDOW, ...work.map(({ channelKind }) => channelKind.limits.reach ?? 0));
  const slice = await LOGS[outcome.purpose].read(db, cursors, window, wantsText);
  const bySeq = new Map(slice.map((entry) => [entry.seq, entry]));
  const of = (entries: readonly number[]) => entries.flatMap((seq) => bySeq.get(seq) ?? []);
  const known = await readKnowledge(db, work, slice, run.now);
  const knower = (channel: Work) => (post: number) => known.has(`${channel.id}:${post}`);
  const turns = new Map(
    work.map((channel) => [channel, turnOf(channel, slice, bySeq, knower(channel), run.now)] as const),
  );
  line(work, turns, run.now);
  for (const [channel, turn] of turns)
    if (turn.type === "push" && takesSteps(channel.channelKind))
      turns.set(channel, await firstStep(run, channel, turn, of(turn.entries)));
  await gateAll(run, turns, of);

  const begun = await begin(run, turns);
  const connection = run.deps.connection ?? connections();
  const serveOne = async (channel: Work): Promise<void> => {
    const turn = turns.get(channel)!;
    if (turn.type !== "push" && turn.type !== "steps") {
      outcome.results.push(unsent(channel, turn, run.now));
      if (turn.type === "leave") outcome.troubles.push(leftAlone(channel));
      return;
    }
    // Not begun: the lease is lost or the channel gone, and nothing of ours will be written.
    if (!begun.has(channel.id)) return;
    const delivery = { to: turn.to, entries: of(turn.entries) };
    const sent: Sent | null =
      turn.type === "steps" ? await walk(run, channel, delivery, turn) : await attempt(run, channel, delivery);
    if (sent === null) return;
    outcome.results.push(sent.result);
    outcome.troubles.push(...sent.troubles);
    if (sent.called) report.sent += 1;
    if (sent.result.delivery?.outcome === "accepted") report.accepted += 1;
  };
  await Promise.all(work.map((channel) => connection(() => serveOne(channel))));
}

/** The channels with their secrets opened; one that cannot be is held for a person, and its shard goes on. */
async function unsealAll(deps: DeliveryDeps, claimed: readonly Claimed[], outcome: Outcome): Promise<Work[]> {
  const work: Work[] = [];
  for (const channel of claimed) {
    try {
      work.push(await unsealed(deps, channel));
    } catch (error) {
      // A key that is gone, a kind that is not installed.
      logFault(`channel ${channel.uid}`, error);
      outcome.results.push({ ...stay(channel), status: "held" });
      outcome.troubles.push({
        channel: channel.uid,
        name: channel.name,
        outcome: "held",
        why: "its settings cannot be opened; mend them, then resume it",
      });
    }
  }
  return work;
}

async function unsealed(deps: DeliveryDeps, channel: Claimed): Promise<Work> {
  const { open, uid } = channel;
  const channelKind = deps.kindOf(channel.kind);
  if (!channelKind) throw new Error(`Channel ${uid} is of a kind that is not installed: ${channel.kind}.`);
  const { config, secrets } = await openConfig(channelKind, channel, deps.keys);
  const stood =
    open?.state && takesSteps(channelKind) ? await openState(channelKind, uid, open.state, deps.keys) : null;
  return { ...channel, channelKind, opened: config, secrets, stood, host: channel.host ?? hostOf(channelKind, config) };
}

const leftAlone = ({ uid, name }: Work): Trouble => ({
  channel: uid,
  name,
  outcome: "unknown",
  why: "interrupted before an answer was recorded",
});

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

/** Holds back, or drops, what would go to a host that does not answer; of one that may again, one channel finds out. Changes `turns`. */
async function gateAll(
  run: Run,
  turns: Map<Work, Turn>,
  of: (entries: readonly number[]) => Followed[],
): Promise<void> {
  const { hosts, now, deps } = run;
  const callers = [...turns].flatMap(([channel, turn]) =>
    turn.type === "push" || (turn.type === "steps" && turn.step.type === "request") ? [{ channel, turn }] : [],
  );
  const probes = hosts.probes(
    callers.map(({ channel }) => channel),
    now,
  );
  if (probes.size > 0) {
    const taken = await takeProbes(deps.db, [...probes.keys()], now, now + PROBING);
    for (const [host, uid] of probes) hosts.probing(host, taken.includes(host) ? uid : null, now);
  }
  for (const { channel, turn } of callers) {
    const gate = gateOf(run, channel, of(turn.entries));
    if (gate.type === "hold") turns.set(channel, { type: "wait", until: gate.until });
    if (gate.type === "drop")
      turns.set(channel, channel.open ? { type: "drop", to: turn.to, why: gate.why } : { ...turn, type: "missed" });
  }
}

/** Writes down what is about to be sent, before it is. Gives the channels for which that is so. */
async function begin(run: Run, turns: ReadonlyMap<Work, Turn>): Promise<ReadonlySet<number>> {
  const intents: Intent[] = [];
  for (const [channel, turn] of turns) {
    if (turn.type !== "push" && turn.type !== "steps") continue;
    const { to, entries } = turn;
    const stored =
      turn.type === "steps" ? { calls: turn.step.type === "request", state: turn.state } : { calls: true, state: null };
    intents.push({ channel: channel.id, from: channel.cursor, to, entries, ...stored });
  }
  if (intents.length === 0) return new Set();
  return new Set(await beginDeliveries(run.deps.db, run.token, intents, run.now));
}

/** Writes what came of the run, and sends the shard's next message if this run is the one to do so. */
async function finish(run: Run, message: ShardMessage, outcome: Outcome, begun: number): Promise<void> {
  const { deps, token, hosts } = run;
  const { db } = deps;
  const wall = deps.wall();
  const at = run.now + (wall - begun);
  const next = newStamp();
  const answers = await db.batch<{ dueAt: number | null }>([
    ...hostStatements(db, hosts.changes()),
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
