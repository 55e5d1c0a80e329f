/** What an account has to do beside its pushes: take-downs, and looks whether a person has sent a draft. The queue runs it. */
import type { DeliveryDeps } from "../../delivery/deps.ts";
import { MESSAGE_GRACE } from "../../delivery/shard.ts";
import type { AccountMessage } from "../../env.ts";
import { logFault } from "../../platform/log.ts";
import { HOUR, SECOND } from "../../platform/time.ts";
import type { LaneDeps } from "../deps.ts";
import { lookForSent } from "../sheets/sent-by-hand.ts";
import { takeDueLooks } from "../sheets/sheet-looks.ts";
import { takeDueTakedowns } from "./takedown-store.ts";
import { takeNext } from "./takedowns.ts";

/** What is due later than this is left to the tick. */
const MESSAGE_HORIZON = 12 * HOUR;

/** Makes an account's next take-down and looks at its sheets, as far as they are due; then sends the next message. */
export async function runAccount(deps: LaneDeps, message: AccountMessage, now: number): Promise<void> {
  const begun = deps.wall();
  const due = await takeNext(deps, message.account, now);
  await lookForSent(deps, message.account, now);
  const wall = deps.wall();
  const at = now + (wall - begun);
  if (due !== null && due - at <= MESSAGE_HORIZON) await sendOn(deps, message.account, at, wall, due - at);
}

/** Sends the accounts that have something to do to the queue. A queue that refuses loses nothing: it stays due. */
export async function sweepAccounts(deps: Pick<DeliveryDeps, "db" | "queue" | "wall">, now: number): Promise<void> {
  const wall = deps.wall();
  const takedowns = await takeDueTakedowns(deps.db, now, wall, wall + MESSAGE_GRACE);
  const looks = await takeDueLooks(deps.db, now);
  for (const account of new Set([...takedowns, ...looks])) await sendOn(deps, account, now, wall, 0);
}

async function sendOn(
  deps: Pick<DeliveryDeps, "queue">,
  account: number,
  at: number,
  made: number,
  wait: number,
): Promise<void> {
  const message: AccountMessage = { v: 1, account, at, made };
  const delaySeconds = Math.max(0, Math.ceil(wait / SECOND));
  try {
    await deps.queue.send(message, delaySeconds > 0 ? { delaySeconds } : undefined);
  } catch (error) {
    // The rows know what is due; a later tick sends it instead.
    logFault("queue.send", error);
  }
}
