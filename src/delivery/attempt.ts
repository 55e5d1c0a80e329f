/** One attempt at a push of one call: send, judge, follow a move, and say how the channel leaves our hands. */
import type { Kind, Reply, Verdict } from "../channels/kind.ts";
import type { Gate } from "./breaker.ts";
import type { DeliveryDeps } from "./deps.ts";
import { countToday } from "./filter.ts";
import { checkup } from "./health.ts";
import type { Hosts } from "./hosts.ts";
import { credentialOf, hostOf } from "./identity.ts";
import type { Followed } from "./owed.ts";
import { restAfter } from "./pace.ts";
import type { Final } from "./policy.ts";
import { counts, REJECTED_TRIES, settle } from "./policy.ts";
import type { Composer } from "./push.ts";
import { deliveryId, push } from "./push.ts";
import { sealConfig } from "./secrets.ts";
import { excerptOf } from "./send.ts";
import type { Result } from "./settle-store.ts";
import type { Trouble } from "./trouble.ts";
import type { Work } from "./turn.ts";
import { AT_ONCE, handedBack, staleAt, stay } from "./turn.ts";

/** What the attempts of a run share. */
export interface Run {
  deps: DeliveryDeps;
  token: string;
  composer: Composer;
  hosts: Hosts;
  /** Business time at which the run began. */
  now: number;
  /** Business time as it passes. */
  clock: () => number;
  /** Whether a call may begin that takes so long at most, ms: it must not outlive the lease. */
  hasTime: (deadline: number) => boolean;
}

/** A delivery that was begun in this run. */
export interface Begun {
  to: number;
  entries: readonly Followed[];
}

/** How a channel leaves our hands, and what a person has to know of it. */
export interface Sent {
  result: Result;
  troubles: Trouble[];
  /** Whether a call was made. */
  called: boolean;
}

/** Whether a channel may send now. What has gone through some of its calls is never dropped for its age. */
export const gateOf = (run: Run, channel: Work, entries: readonly Followed[]): Gate =>
  run.hosts.gate(channel, channel.open?.state ? Infinity : staleAt(channel, entries), run.clock());

/** How a channel leaves our hands that must not send now after all; null if it may. */
export function heldBack(run: Run, channel: Work, delivery: Begun, state: string | null): Result | null {
  if (!run.hasTime(channel.channelKind.limits.deadline)) return handedBack(channel, run.now, state);
  const gate = gateOf(run, channel, delivery.entries);
  // One that would be stale by then is dropped when it is due again: what it waits for may still come earlier.
  return gate.type === "hold" ? handedBack(channel, gate.until, state) : null;
}

/** Sends, judges, and says how the channel leaves our hands. */
export async function attempt(run: Run, channel: Work, delivery: Begun): Promise<Sent> {
  const held = heldBack(run, channel, delivery, null);
  if (held) return { result: held, troubles: [], called: false };
  const kind = channel.channelKind as Kind;
  const started = run.deps.wall();
  const once = async (config: Record<string, unknown>): Promise<{ reply: Reply; verdict: Verdict }> => {
    const payload = run.composer.payload(kind, config, delivery.entries);
    const reply = await push(
      run.deps,
      { ...channel, kind, config },
      deliveryId(channel.uid, channel.cursor),
      payload,
      run.now,
    );
    run.hosts.note(channel, reply, run.clock());
    return { reply, verdict: kind.judge(reply) };
  };
  let { reply, verdict } = await once(channel.opened);
  let moved: Result["moved"] = null;
  if (verdict.type === "moved") {
    const config = patched(kind, channel.opened, verdict.patch);
    if (config === null) verdict = again(`${verdict.why}, to a place that does not fit its settings`);
    else {
      moved = await settingsOf(run.deps, channel, kind, config);
      if (run.hasTime(kind.limits.deadline)) ({ reply, verdict } = await once(config));
      if (verdict.type === "moved") verdict = again(`${verdict.why}, again`);
    }
  }
  return conclude(run, channel, delivery, {
    verdict,
    reply,
    ms: run.deps.wall() - started,
    moved,
    state: null,
  });
}

const again = (why: string): Final => ({ type: "retry", why });

/** The config with the members of a move in it, or null if the kind would not take it. */
function patched(
  kind: Kind,
  config: Record<string, unknown>,
  patch: Record<string, unknown>,
): Record<string, unknown> | null {
  const parsed = kind.config.safeParse({ ...config, ...patch });
  return parsed.success ? (parsed.data as Record<string, unknown>) : null;
}

async function settingsOf(
  { keys }: DeliveryDeps,
  { uid, rev }: Work,
  kind: Kind,
  config: Record<string, unknown>,
): Promise<Result["moved"]> {
  return {
    rev,
    config: await sealConfig(kind, uid, config, keys),
    host: hostOf(kind, config),
    credential: await credentialOf(kind, config, keys),
  };
}

/**
 * What a verdict comes to: for the ledger, the cursor, the channel's health and count, and for people. `reply` is null
 * when no call was made for it.
 */
export function conclude(
  run: Run,
  channel: Work,
  delivery: Begun,
  end: {
    verdict: Final;
    reply: Reply | null;
    ms: number | null;
    moved: Result["moved"];
    state: string | null;
    /** There is no other try: it has used up its calls. */
    last?: boolean;
  },
): Sent {
  const { verdict, reply, moved } = end;
  const { channelKind: kind } = channel;
  const now = run.clock();
  const counted = counts(verdict);
  const tries = channel.tries + Number(counted);
  const settled = settle(verdict, {
    tries: end.last ? REJECTED_TRIES : tries,
    now,
    staleAt: staleAt(channel, delivery.entries),
    seed: deliveryId(channel.uid, channel.cursor),
    unknown: kind.unknown,
  });
  const success = settled.outcome === "accepted";
  const { health, act } = checkup(channel, success ? "success" : counted ? "failure" : "neither", now);
  // A channel that its subscriber looks after has a time of its own, and is kept to the end of it.
  const closes = act === "close" && settled.outcome !== "gone" && !kind.selfService;
  const nextAt = "nextAt" in settled ? settled.nextAt : null;
  const rest = restAfter(kind.limits.pace, channel.peers);
  const posts = success || (settled.outcome === "unknown" && settled.advance) ? delivery.entries : [];
  const told = countToday(channel.filter, channel, posts.filter((entry) => entry.kind === "published").length, run.now);
  // The words of a fault may quote the address, and these leave the office.
  const why = () => excerptOf(verdict.why, { type: "timeout" }, channel.secrets);
  const trouble = (outcome: Trouble["outcome"], of = why()): Trouble => ({
    channel: channel.uid,
    name: channel.name,
    outcome,
    why: of,
  });
  return {
    called: reply !== null,
    result: {
      ...stay(channel),
      ...health,
      ...told,
      cursor: settled.advance ? delivery.to : channel.cursor,
      dueAt: rest > 0 ? Math.max(nextAt ?? 0, now + rest) : (nextAt ?? AT_ONCE),
      tries: settled.advance ? 0 : tries,
      status: settled.outcome === "gone" ? "gone" : closes ? "held" : null,
      moved,
      delivery: {
        outcome: settled.outcome,
        unsent: false,
        called: reply !== null,
        ms: end.ms,
        status: reply?.type === "response" ? reply.status : null,
        excerpt: reply === null || hidesAnswers(kind) ? why() : excerptOf(verdict.why, reply, channel.secrets),
        nextAt,
        state: settled.advance ? null : end.state,
      },
    },
    troubles: [
      ...(settled.alert ? [trouble(settled.outcome)] : []),
      ...(moved ? [trouble("moved")] : []),
      ...(closes ? [trouble("closed", "no success for five days")] : act === "warn" ? [trouble("warned")] : []),
    ],
  };
}

/** Whether the answers to a kind's calls may hold what its stored state is sealed for. */
export const hidesAnswers = (kind: Work["channelKind"]): boolean => "sealed" in kind && kind.sealed;
