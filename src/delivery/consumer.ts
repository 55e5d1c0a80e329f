/**
 * Queue messages. Error policy: a message that makes no sense is dropped with a line in the log (a loop would not mend
 * it); a fault of ours sends the message back with a delay; an endpoint's fault never gets here, it is a row with a time.
 */
import { z } from "zod";
import { insertAlerts } from "../alerts/store.ts";
import type { QueueMessage } from "../env.ts";
import { log, logFault } from "../platform/log.ts";
import { connections } from "./connections.ts";
import type { DeliveryDeps } from "./deps.ts";
import { HOUR } from "../platform/time.ts";
import { runRequest } from "./hub.ts";
import { runResend } from "./resend.ts";
import { runShard } from "./shard.ts";
import { forgetEnqueued, wakeShard, wakeShards } from "./store.ts";

const when = { v: z.literal(1), at: z.int(), made: z.int() };
const message = z.union([
  z.object({ ...when, shard: z.int(), ticket: z.string() }),
  z.object({ ...when, resends: z.literal(true), channel: z.int() }),
  z.object({ ...when, account: z.int() }),
  z.object({ ...when, request: z.string() }),
]) satisfies z.ZodType<QueueMessage>;

/** The part of a queue message that is used here, so that tests need no workerd types. */
interface Delivered {
  id: string;
  body: unknown;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

/** Does what a message says. */
function work(deps: DeliveryDeps, body: QueueMessage, now: number): Promise<unknown> {
  if ("shard" in body) return runShard(deps, body, now);
  const connection = deps.connection ?? connections();
  if ("account" in body) return connection(() => deps.runAccount(body, now));
  return connection<unknown>(() => ("request" in body ? runRequest(deps, body, now) : runResend(deps, body, now)));
}

/** What a message is about, as audit and alerts name it. */
function subjectOf(body: QueueMessage): string {
  if ("shard" in body) return `shard:${body.shard}`;
  if ("request" in body) return "hub:requests";
  return `channel:${"account" in body ? body.account : body.channel}`;
}

/** How long a message waits after a fault of ours, seconds. */
const FAULT_DELAY = 10;

/** Handles a batch, its messages side by side: while one's ledger is written, another has the connections that it leaves idle. */
export async function consume(deps: DeliveryDeps, messages: readonly Delivered[]): Promise<void> {
  const connection = connections();
  await Promise.all(messages.map((delivered) => handle({ ...deps, connection }, delivered)));
}

async function handle(deps: DeliveryDeps, delivered: Delivered): Promise<void> {
  const parsed = message.safeParse(delivered.body);
  if (!parsed.success) {
    log("message.dropped", { id: delivered.id });
    delivered.ack();
    return;
  }
  const body = parsed.data;
  const now = body.at + Math.max(0, deps.wall() - body.made);
  try {
    await work(deps, body, now);
    delivered.ack();
  } catch (error) {
    logFault(subjectOf(body), error);
    delivered.retry({ delaySeconds: FAULT_DELAY });
  }
}

/** The office is told of a shard's dead letters once in this time. */
const TOLD_AGAIN = HOUR;

/**
 * Messages that failed too often. Nothing is lost with them: the rows say what is due, and their shard is marked as due at
 * once and expected by nobody, so that the next tick sends it anew. But six failures of ours in a row are for a person.
 */
export async function bury(deps: Pick<DeliveryDeps, "db" | "wall">, messages: readonly Delivered[]): Promise<void> {
  const { db } = deps;
  for (const dead of messages) {
    const parsed = message.safeParse(dead.body);
    log("message.dead", { id: dead.id, body: dead.body });
    if (!parsed.success) {
      dead.ack();
      continue;
    }
    const body = parsed.data;
    const now = body.at + Math.max(0, deps.wall() - body.made);
    const subject = subjectOf(body);
    const words = ["队列消息多次处理失败", `${subject} 的投递任务连续失败，系统会重新安排；若反复出现，请查看日志。`];
    try {
      await db.batch([
        insertAlerts(db, {
          sql: `SELECT ?1, 'queue.dead', ?2, ?3, ?4
                WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE seq > (SELECT coalesce(max(seq), 0) FROM alerts) - 500
                                    AND kind = 'queue.dead' AND subject = ?4 AND at > ?1 - ${TOLD_AGAIN})`,
          args: [now, ...words, subject],
        }),
        ...("shard" in body ? [wakeShard(db, body.shard, now), forgetEnqueued(db, [body.shard])] : []),
        ...wakeShards(db, now, "alert"),
      ]);
      dead.ack();
    } catch (error) {
      logFault("dead letter", error);
      dead.retry({ delaySeconds: FAULT_DELAY });
    }
  }
}
