/**
 * The hub of our feeds (W3C WebSub): takes requests from anybody, asks the callback whether it meant them, and only then
 * makes, renews or ends the channel. Threat: somebody subscribes or unsubscribes a callback that is not theirs, or has us
 * flood one. So nothing follows from a request but a few questions, and from a yes no more than what was asked about.
 */
import { kindOf } from "../channels/index.ts";
import { filterOf, websub } from "../channels/websub.ts";
import type { HubMessage } from "../env.ts";
import { audit } from "../newsroom/audit-store.ts";
import { open, randomText, seal } from "../platform/crypto.ts";
import { idOf, newStamp } from "../platform/ids.ts";
import { log, logFault } from "../platform/log.ts";
import { SECOND } from "../platform/time.ts";
import { insertChannel } from "./channel-store.ts";
import type { DeliveryDeps } from "./deps.ts";
import type { HubRequest, Intent } from "./hub-rules.ts";
import { intentOf, questionOf } from "./hub-rules.ts";
import {
  absent,
  asking,
  both,
  claimRequest,
  denyRequest,
  dropChannel,
  endRequest,
  present,
  putRequest,
  renewChannel,
  takeDueRequests,
  wakeShardOf,
} from "./hub-store.ts";
import { hostOf } from "./identity.ts";
import { sealConfig } from "./secrets.ts";
import { sendHttp } from "./send.ts";
import { MESSAGE_GRACE } from "./shard.ts";
import { DEFAULT_EXPIRY } from "./subscriptions.ts";
import type { TargetVerdict } from "./target.ts";
import { judgeTarget } from "./target.ts";

/** How long a callback has for its answer. */
const DEADLINE = 10 * SECOND;
/** Who acts on a callback's word, in the audit. */
const ACTOR = "subscriber";
const CHALLENGE_BYTES = 32;

/** A request with what its topic's publication or column is called. */
interface Asked extends HubRequest {
  name: string;
}

const placeOf = (id: string): string => `hub_requests:${id}:asked`;

/** Whether the hub may call this address. */
export function judgeCallback(
  deps: Pick<DeliveryDeps, "siteUrl" | "allowPrivate" | "resolve">,
  callback: string,
): Promise<TargetVerdict> {
  const rules = { own: [new URL(deps.siteUrl).hostname], allowPrivate: deps.allowPrivate };
  return judgeTarget(callback, rules, deps.resolve);
}

/**
 * The public id of the channel of a callback and a topic: renewing it finds it by this. A callback that nobody can guess
 * cannot be guessed from it either.
 */
const subscriberId = ({ callback, topic }: Pick<HubRequest, "callback" | "topic">): Promise<string> =>
  idOf(`websub:${topic} ${callback}`);

/**
 * Writes a request down and sends the message that puts the question. Gives false when it is not taken: its host has too
 * many that are open or failed, or this one failed as often as it may; a while later it is taken again.
 */
export async function askHub(
  deps: Pick<DeliveryDeps, "db" | "queue" | "wall" | "keys">,
  asked: Asked,
  now: number,
): Promise<boolean> {
  const { mode, callback, topic } = asked;
  const wall = deps.wall();
  const id = await idOf(`hub:${mode} ${topic} ${callback}`);
  const taken = await putRequest(
    deps.db,
    {
      id,
      mode,
      channel: await subscriberId(asked),
      host: new URL(callback).host,
      asked: await seal(JSON.stringify(asked), placeOf(id), deps.keys),
    },
    wall,
    wall + MESSAGE_GRACE,
  );
  if (taken) await sendOn(deps, [id], now, wall);
  return taken;
}

/** Puts the question of one request, if it is due, and does what the answer allows. */
export async function runRequest(deps: DeliveryDeps, message: HubMessage, now: number): Promise<void> {
  const { db } = deps;
  const id = message.request;
  const token = newStamp();
  const asked = deps.wall();
  const claimed = await claimRequest(db, id, token, asked);
  if (!claimed) return;
  const request = await openRequest(deps, id, claimed.asked);
  const intent: Intent = request ? await question(deps, request) : { type: "denied", why: "no key opens it" };
  log("hub", { mode: claimed.mode, channel: claimed.channel, intent: intent.type });
  if (intent.type === "denied") await denyRequest(db, id, token).run();
  if (intent.type !== "meant" || !request) return;
  const about = { id, token, uid: claimed.channel };
  await (request.mode === "subscribe" ? subscribe(deps, request, about, asked, now) : unsubscribe(deps, about, now));
}

/** Null when no key opens it any more: its subscriber asks again. */
async function openRequest({ keys }: DeliveryDeps, id: string, sealed: string): Promise<Asked | null> {
  const json = await open(sealed, placeOf(id), keys).catch(() => null);
  return json === null ? null : (JSON.parse(json) as Asked);
}

/** The guard is asked again: names may lead elsewhere by now. */
async function question(deps: DeliveryDeps, request: Asked): Promise<Intent> {
  const target = await judgeCallback(deps, request.callback);
  if (target.type === "refused") return { type: "denied", why: target.why };
  if (target.type === "unsure") return { type: "later", why: target.why };
  const challenge = randomText(CHALLENGE_BYTES);
  const url = questionOf(request, challenge);
  const reply = await sendHttp(deps.fetch, { transport: "http", method: "GET", url, headers: {}, body: "" }, DEADLINE);
  return intentOf(reply, challenge);
}

/** What a confirmed request is about. */
interface About {
  id: string;
  token: string;
  /** Of the channel. */
  uid: string;
}

/**
 * The channel of a confirmed subscription: a live one goes on at its cursor with the new lease and secret; otherwise a new
 * one begins at the head of the wire. The lease counts from when the question was put.
 */
async function subscribe(deps: DeliveryDeps, asked: Asked, about: About, from: number, now: number): Promise<void> {
  const { db, keys } = deps;
  const { callback, topic, name, secret, lease } = asked;
  const { id, token, uid } = about;
  const ours = asking(id, token);
  const kind = kindOf(websub.name)!;
  const settings = { callback, topic, name, ...(secret !== null && { secret }) };
  const config = await sealConfig(kind, uid, settings, keys);
  const endsAt = from + lease;
  const made = {
    uid,
    purpose: "news" as const,
    kind: websub.name,
    name: `WebSub ${new URL(callback).host}`,
    config,
    secret: null,
    filter: filterOf(topic),
    expiresAfter: DEFAULT_EXPIRY,
    host: hostOf(kind, settings),
    credential: null,
    endsAt,
    origin: "reader" as const,
  };
  await db.batch([
    ...dropChannel(db, uid, ours, from),
    audit(
      db,
      {
        at: now,
        actor: ACTOR,
        action: "channel.created",
        subject: `channel:${uid}`,
        detail: { kind: websub.name, topic },
      },
      both(ours, absent(uid)),
    ),
    renewChannel(db, { uid, config, endsAt }, ours, now),
    ...insertChannel(db, made, now, both(ours, absent(uid))),
    wakeShardOf(db, uid, now),
    endRequest(db, id, token),
  ]);
}

/** Ends the channel of a confirmed request; harmless if there is none. */
async function unsubscribe({ db }: DeliveryDeps, { id, token, uid }: About, now: number): Promise<void> {
  const ours = asking(id, token);
  await db.batch([
    audit(
      db,
      { at: now, actor: ACTOR, action: "channel.removed", subject: `channel:${uid}` },
      both(ours, present(uid)),
    ),
    ...dropChannel(db, uid, ours),
    endRequest(db, id, token),
  ]);
}

/** Sends due requests to the queue: those to be asked about once more, and those whose message was lost. */
export async function sweepHub(deps: Pick<DeliveryDeps, "db" | "queue" | "wall">, now: number): Promise<void> {
  const wall = deps.wall();
  await sendOn(deps, await takeDueRequests(deps.db, wall, wall + MESSAGE_GRACE), now, wall);
}

/** At most a hundred: what one sendBatch takes. A queue that refuses loses nothing, the rows stay due. */
async function sendOn(
  { queue }: Pick<DeliveryDeps, "queue">,
  requests: readonly string[],
  at: number,
  made: number,
): Promise<void> {
  if (requests.length === 0) return;
  try {
    await queue.sendBatch(requests.map((request): { body: HubMessage } => ({ body: { v: 1, request, at, made } })));
  } catch (error) {
    logFault("queue.sendBatch", error);
  }
}
