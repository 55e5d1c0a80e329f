/**
 * Readers who come and go by themselves. Their channels are channels like any other, of origin `reader`: the id follows from
 * the browser or the mailbox, so that subscribing twice is subscribing once.
 */
import type { WebPushConfig } from "../channels/webpush.ts";
import type { DeliveryDeps } from "../delivery/deps.ts";
import { idOfToken } from "../delivery/leave.ts";
import type { Filter } from "../delivery/filter.ts";
import type { Channel } from "../delivery/open-channel.ts";
import { changeChannel, createChannel, removeChannel } from "../delivery/subscriptions.ts";
import { openChannel } from "../delivery/open-channel.ts";
import { findChannel } from "../delivery/channel-store.ts";
import type { Actor } from "../newsroom/types.ts";
import { isDuplicate } from "../platform/d1.ts";
import { keyedHash, open, sameText, seal } from "../platform/crypto.ts";
import { idOf } from "../platform/ids.ts";
import { Problem } from "../platform/problem.ts";
import { DAY } from "../platform/time.ts";
import { addressPlace } from "./letters.ts";
import { askConfirmation, findConfirmation, settleConfirmation } from "./store.ts";

const READER: Actor = { name: "reader", role: null, scopes: [] };

/** A notification that is a day late is none; a letter may be. */
const EXPIRY = { webpush: DAY, email: 3 * DAY } as const;

/**
 * When readers want to hear: by letter once a day, with all that there is; by notification as it comes out, but not at
 * night. Local times of the office.
 */
const MANNERS: Readonly<Record<"webpush" | "email", Filter>> = {
  webpush: { quiet: { from: "22:00", to: "07:00" } },
  email: { mode: "digest", digest_at: ["19:00"] },
};

/** In the office's records, where nothing may tell who a reader is. */
const NAMES = { webpush: "读者的浏览器", email: "读者的邮箱" } as const;

/** Makes a reader's channel, or gives an existing one what it asks for now; one that was closed begins anew. */
async function ensure(
  deps: DeliveryDeps,
  wanted: { uid: string; kind: keyof typeof EXPIRY; config: Record<string, unknown>; filter: Filter },
  now: number,
): Promise<{ made: boolean }> {
  const { uid, kind, config } = wanted;
  const filter = { ...wanted.filter, ...MANNERS[kind] };
  const found = await findChannel(deps.db, uid);
  if (found?.status === "active") {
    const channel = await openChannel(deps, found);
    if (JSON.stringify(channel.filter) !== JSON.stringify(filter) || channel.locked.length > 0)
      await changeChannel(deps, channel, { config, filter }, channel.rev, READER, now);
    return { made: false };
  }
  if (found) await removeChannel(deps, await openChannel(deps, found), READER, now);
  const input = { uid, kind, name: NAMES[kind], config, filter, expiresAfter: EXPIRY[kind], origin: "reader" as const };
  try {
    await createChannel(deps, input, READER, now);
    return { made: true };
  } catch (error) {
    // Two clicks at once: the other one was first.
    if (isDuplicate(error)) return { made: false };
    throw error;
  }
}

const browserUid = (endpoint: string): Promise<string> => idOf(`webpush:${endpoint}`);

/** The channel of a browser, or null. Throws 403 for one who knows its address and not its secret. */
async function browserChannel(
  deps: DeliveryDeps,
  browser: Pick<WebPushConfig, "endpoint" | "auth">,
): Promise<Channel | null> {
  const found = await findChannel(deps.db, await browserUid(browser.endpoint));
  if (!found) return null;
  const channel = await openChannel(deps, found);
  const { auth } = channel.config;
  // One that no key opens can prove nothing any more; whoever has the address may have it anew.
  if (typeof auth === "string" && !(await sameText(auth, browser.auth)))
    throw new Problem(403, "Forbidden", "This endpoint is another browser's.");
  return channel;
}

/** Subscribes a browser; again with another filter, it changes that. Throws 422 for an endpoint that may not be called. */
export async function subscribeBrowser(
  deps: DeliveryDeps,
  browser: WebPushConfig,
  filter: Filter,
  now: number,
): Promise<{ id: string; made: boolean }> {
  await browserChannel(deps, browser);
  const uid = await browserUid(browser.endpoint);
  const { made } = await ensure(deps, { uid, kind: "webpush", config: { ...browser }, filter }, now);
  return { id: uid, made };
}

/** Ends a browser's channel, by whoever knows its secret; harmless twice. Throws 403 without it. */
export async function leaveByBrowser(
  deps: DeliveryDeps,
  browser: Pick<WebPushConfig, "endpoint" | "auth">,
  now: number,
): Promise<void> {
  const channel = await browserChannel(deps, browser);
  if (channel) await removeChannel(deps, channel, READER, now);
}

/** Keyed, so that nobody who reads the tables can find out whether an address is among them. */
const hashOf = async (deps: DeliveryDeps, address: string): Promise<string> =>
  keyedHash(await deps.officeKey("letters"), `address:${address}`);

/** Notes that a mailbox is to be asked. The same is done, and said, whether the address is known or not. */
export async function askMailbox(deps: DeliveryDeps, address: string, filter: Filter, wall: number): Promise<void> {
  const id = crypto.randomUUID();
  const addressHash = await hashOf(deps, address);
  // A row that stays keeps its id, under which its address is sealed.
  const sealed = await seal(address, addressPlace(id), deps.keys);
  await deps.db.batch(askConfirmation(deps.db, { id, addressHash, address: sealed, filter }, wall));
}

/** What a link to confirm still is good for. */
type Standing = "open" | "done" | "over";

/** Whether a link to confirm can be used. Nothing is written: mail scanners follow links. */
export async function standingOf(deps: DeliveryDeps, token: string, wall: number): Promise<Standing> {
  const id = await idOfToken(deps.officeKey, "confirm", token);
  const found = id === null ? null : await findConfirmation(deps.db, id);
  if (!found || found.expiresAt <= wall) return "over";
  return found.address === null ? "done" : "open";
}

/** Makes the channel of a mailbox whose owner has said yes; once. */
export async function confirmMailbox(deps: DeliveryDeps, token: string, wall: number): Promise<Standing> {
  const id = await idOfToken(deps.officeKey, "confirm", token);
  const found = id === null ? null : await findConfirmation(deps.db, id);
  if (!found || found.expiresAt <= wall) return "over";
  if (found.address === null) return "done";
  const address = await open(found.address, addressPlace(found.id), deps.keys);
  const uid = await idOf(`email:${await hashOf(deps, address)}`);
  await ensure(deps, { uid, kind: "email", config: { to: address }, filter: found.filter }, wall);
  await settleConfirmation(deps.db, found.id).run();
  return "done";
}

/** Whether the office made this link to leave. */
export const isLeaveLink = async (deps: DeliveryDeps, token: string): Promise<boolean> =>
  (await idOfToken(deps.officeKey, "leave", token)) !== null;

/** Ends the channel that a link to leave is of, with all that is known of its receiver; harmless twice. False for no such link. */
export async function leaveByLink(deps: DeliveryDeps, token: string, now: number): Promise<boolean> {
  const uid = await idOfToken(deps.officeKey, "leave", token);
  if (uid === null) return false;
  const found = await findChannel(deps.db, uid);
  if (found) await removeChannel(deps, await openChannel(deps, found), READER, now);
  return true;
}
