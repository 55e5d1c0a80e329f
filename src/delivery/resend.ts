/** Replays and tests: what a person asks of a channel beside its own deliveries. They move no cursor. */
import type { Kind } from "../channels/kind.ts";
import { batchOf, takesSteps } from "../channels/kind.ts";
import type { ResendMessage } from "../env.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Actor } from "../newsroom/types.ts";
import { newStamp } from "../platform/ids.ts";
import { logFault } from "../platform/log.ts";
import { conflict, Problem } from "../platform/problem.ts";
import { MINUTE, SECOND } from "../platform/time.ts";
import { readAsked, readEntriesNamed } from "../wire/entry-store.ts";
import type { ChannelRow } from "./channel-store.ts";
import { exists, findChannelById } from "./channel-store.ts";
import type { DeliveryDeps } from "./deps.ts";
import { followAlert, followEntry } from "./logs.ts";
import type { Followed } from "./owed.ts";
import { restAfter } from "./pace.ts";
import { settle } from "./policy.ts";
import { Composer, deliveryId, push } from "./push.ts";
import { type Ask, type LeftOut, replayOf } from "./replay.ts";
import {
  claimResend,
  findResend,
  insertReplays,
  insertTest,
  nextResend,
  readLedger,
  readRoad,
  readUnderWay,
  type ResendResult,
  type ResendRow,
  restNext,
  type Road,
  settleResend,
  takeDueResends,
} from "./resend-store.ts";
import { openConfig } from "./secrets.ts";
import { excerptOf } from "./send.ts";
import { MESSAGE_GRACE } from "./shard.ts";
import { type Channel, requireKind, requireOurs } from "./open-channel.ts";
import { DEFAULT_EXPIRY } from "./subscriptions.ts";

/** How many entries one request replays at most. */
const REPLAY_LIMIT = 500;

const LEASE = MINUTE;
/** What is due later than this is left to the tick. */
const MESSAGE_HORIZON = 12 * 60 * MINUTE;

/** Throws 409 for a channel that nothing can be sent to by request. */
function requireSendable(deps: DeliveryDeps, channel: Channel, act: string): void {
  if (channel.status === "gone") throw conflict("The endpoint closed this channel for good; make a new one.");
  if (takesSteps(requireKind(deps, channel.kind)))
    throw conflict(`A channel of kind “${channel.kind}” publishes in several steps; there is nothing to ${act}.`);
  if (channel.locked.length > 0)
    throw conflict(`No key opens ${channel.locked.join(", ")} of this channel any more: give its config anew.`);
}

/**
 * Puts what is asked for on its way again, in a lane beside the channel's own. Gives the deliveries' ids, what is left out
 * and why, and whether the limit cut the request short. Throws 409 for a channel that is not active or follows alerts.
 */
export async function askReplay(
  deps: DeliveryDeps,
  channel: Channel,
  ask: Ask,
  actor: Actor,
  now: number,
): Promise<{ ids: number[]; left: LeftOut[]; more: boolean }> {
  const { db } = deps;
  requireSendable(deps, channel, "replay");
  if (channel.purpose !== "news") throw conflict("A channel of alerts has no posts to replay.");
  if (channel.status !== "active") throw conflict("The channel is not active: resume it first.");
  const upTo = channel.cursor;
  const named =
    ask.type === "range"
      ? { from: ask.from, to: ask.to, upTo: ask.to }
      : ask.type === "posts"
        ? { posts: ask.ids, upTo: Number.MAX_SAFE_INTEGER }
        : { since: ask.since, upTo };
  const found = await readAsked(db, named, REPLAY_LIMIT + 1);
  const entries = found.slice(0, REPLAY_LIMIT);
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return { ids: [], left: [], more: false };
  const [ledger, underWay] = await Promise.all([
    readLedger(db, channel.id, first.seq, last.seq),
    readUnderWay(db, channel.id),
  ]);
  const batch = batchOf(requireKind(deps, channel.kind), channel.config);
  const { pushes, left } = replayOf(ask, { ...channel, batch }, entries, ledger, underWay);
  const rows = pushes.map(({ from, entries: seqs }) => ({
    pushId: from === null ? `${channel.uid}_e${seqs[0]}` : deliveryId(channel.uid, from),
    entries: seqs,
  }));
  const detail = { deliveries: rows.length, first: first.seq, last: last.seq };
  const [, inserted] = await db.batch<{ id: number }>([
    audit(
      db,
      { at: now, actor: actor.name, action: "channel.replayed", subject: `channel:${channel.uid}`, detail },
      exists(channel.id),
    ),
    insertReplays(db, channel.id, rows, actor.name, now),
  ]);
  const ids = inserted!.results.map(({ id }) => id);
  if (ids.length > 0) await sendOn(deps, channel.id, now, deps.wall(), 0);
  return { ids, left, more: found.length > REPLAY_LIMIT };
}

/**
 * Sends one message of the office's own, shaped as an alert so that nobody takes it for a post, and waits for the answer.
 * Throws 429 within ten seconds of the last one.
 */
export async function sendTest(deps: DeliveryDeps, channel: Channel, actor: Actor, now: number): Promise<ResendRow> {
  const { db } = deps;
  requireSendable(deps, channel, "test");
  requireOurs(deps, channel);
  const [, inserted] = await db.batch<{ id: number }>([
    audit(
      db,
      { at: now, actor: actor.name, action: "channel.tested", subject: `channel:${channel.uid}` },
      exists(channel.id),
    ),
    insertTest(db, channel.id, actor.name, now),
  ]);
  const id = inserted!.results[0]?.id;
  if (id === undefined)
    throw new Problem(429, "Too many requests", "This channel was tested a moment ago; wait ten seconds.", {
      headers: { "retry-after": "10" },
    });
  const test = {
    seq: 0,
    at: now,
    kind: "test",
    title: "测试推送",
    body: `渠道“${channel.name}”可以收到。`,
    subject: `channel:${channel.uid}`,
  };
  const result = await sendOnce(deps, channel, `${channel.uid}_t${id}`, [followAlert(test)], {
    n: 1,
    now,
    staleAt: now,
  });
  await settleResend(db, id, null, {
    ...result,
    nextAt: null,
    outcome: result.outcome === "expired" ? "retry" : result.outcome,
  }).run();
  return (await findResend(db, channel.uid, id))!;
}

async function sendOnce(
  deps: DeliveryDeps,
  channel: Pick<ChannelRow, "id" | "uid" | "kind" | "secret" | "oldSecrets"> & { config: Record<string, unknown> },
  id: string,
  entries: readonly Followed[],
  attempt: { n: number; now: number; staleAt: number },
): Promise<ResendResult> {
  // Those of several calls are refused at the door.
  const kind = requireKind(deps, channel.kind) as Kind;
  const secrets = kind.secrets
    .flatMap((member) => channel.config[member] ?? [])
    .filter((each) => typeof each === "string");
  const started = deps.wall();
  const payload = new Composer(deps.siteUrl).payload(kind, channel.config, entries);
  const reply = await push(deps, { ...channel, kind, config: channel.config }, id, payload, attempt.now);
  const judged = kind.judge(reply);
  // Where it moved to is learnt by the channel's own next push.
  const verdict = judged.type === "moved" ? ({ type: "retry", why: judged.why } as const) : judged;
  const ms = deps.wall() - started;
  const { n: tries, staleAt } = attempt;
  // A person asked for it: what was left alone once may be sent again.
  const settled = settle(verdict, { tries, staleAt, now: attempt.now + ms, seed: id, unknown: "resend" });
  return {
    outcome: settled.outcome,
    ms,
    status: reply.type === "response" ? reply.status : null,
    excerpt: excerptOf(verdict.why, reply, secrets),
    nextAt: "nextAt" in settled ? settled.nextAt : null,
  };
}

/** Sends a channel's next waiting replay, if it is due, and the message for the one after it. */
export async function runResend(deps: DeliveryDeps, message: ResendMessage, now: number): Promise<void> {
  const { db } = deps;
  const begun = deps.wall();
  const token = newStamp();
  const claimed = await claimResend(db, message.channel, { token, until: begun + LEASE }, now, begun);
  if (claimed) {
    const road = await readRoad(db, message.channel);
    const { rest, ...result } = await resend(deps, message.channel, claimed, road, now);
    const statements = [settleResend(db, claimed.id, token, result)];
    if (rest > 0) statements.push(restNext(db, message.channel, now + (deps.wall() - begun) + rest));
    await db.batch(statements);
  }
  const wall = deps.wall();
  const at = now + (wall - begun);
  const due = claimed === null ? null : await nextResend(db, message.channel);
  if (due !== null && due - at <= MESSAGE_HORIZON) await sendOn(deps, message.channel, at, wall, due - at);
}

async function resend(
  deps: DeliveryDeps,
  channelId: number,
  claimed: { pushId: string; entries: number[]; n: number; askedAt: number },
  { circuit, peers }: Road,
  now: number,
): Promise<ResendResult & { rest: number }> {
  const unsent = (why: string): ResendResult & { rest: number } => ({
    rest: 0,
    outcome: "expired",
    ms: null,
    status: null,
    excerpt: why,
    nextAt: null,
  });
  const channel = await findChannelById(deps.db, channelId);
  if (!channel || channel.status !== "active" || (channel.endsAt ?? Infinity) <= deps.wall())
    return unsent("the channel was no longer active");
  const kind = deps.kindOf(channel.kind);
  const opened = kind && (await openConfig(kind, channel, deps.keys).catch(() => null));
  if (!kind || !opened) return unsent("its settings cannot be opened");
  const { config } = opened;
  const entries = await readEntriesNamed(deps.db, claimed.entries, kind.wants(config) === "text");
  const still = entries.map((entry) => followEntry(entry)).filter((entry) => !entry.withdrawn);
  if (still.length === 0) return unsent("recalled before it could be sent");
  if (still.some(({ stopped }) => stopped))
    return { ...unsent("its publication is stopped"), outcome: "pending", nextAt: now + MINUTE };
  if (circuit !== null && now < circuit.until)
    return { ...unsent("its host does not answer at present"), outcome: "pending", nextAt: circuit.until };
  const staleAt = claimed.askedAt + DEFAULT_EXPIRY;
  const result = await sendOnce(deps, { ...channel, config }, claimed.pushId, still, { n: claimed.n, now, staleAt });
  // The channel's own pushes take the other half of its platform's rate.
  return { ...result, rest: 2 * restAfter(kind.limits.pace, peers) };
}

/** Sends the channels with due replays to the queue. A queue that refuses loses nothing: they stay due. */
export async function sweepResends(deps: Pick<DeliveryDeps, "db" | "queue" | "wall">, now: number): Promise<void> {
  const wall = deps.wall();
  const channels = await takeDueResends(deps.db, now, wall, wall + MESSAGE_GRACE);
  for (const channel of channels) await sendOn(deps, channel, now, wall, 0);
}

async function sendOn(
  deps: Pick<DeliveryDeps, "queue">,
  channel: number,
  at: number,
  made: number,
  wait: number,
): Promise<void> {
  const message: ResendMessage = { v: 1, resends: true, channel, at, made };
  const delaySeconds = Math.max(0, Math.ceil(wait / SECOND));
  try {
    await deps.queue.send(message, delaySeconds > 0 ? { delaySeconds } : undefined);
  } catch (error) {
    // The rows know what is due; a later tick sends it instead.
    logFault("queue.send", error);
  }
}
