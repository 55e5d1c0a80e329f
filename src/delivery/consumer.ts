/**
 * Queue messages. Error policy: a message that makes no sense is dropped with a line in the log (a loop would not mend
 * it); a fault of ours sends the message back with a delay; an endpoint's fault never gets here, it is a row with a time.
 */
import { z } from "zod";
import type { ShardMessage } from "../env.ts";
import { log, logFault } from "../platform/log.ts";
import type { DeliveryDeps } from "./deps.ts";
import { runShard } from "./shard.ts";

const message = z.object({ v: z.literal(1), shard: z.int(), at: z.int(), made: z.int(), ticket: z.string() });

/** The part of a queue message that is used here, so that tests need no workerd types. */
export interface Delivered {
  id: string;
  body: unknown;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

/** How long a message waits after a fault of ours, seconds. */
const FAULT_DELAY = 10;

/** Handles a batch, one message after the other: a message is a shard with six connections of its own. */
export async function consume(deps: DeliveryDeps, messages: readonly Delivered[]): Promise<void> {
  for (const delivered of messages) {
    const parsed = message.safeParse(delivered.body);
    if (!parsed.success) {
      log("message.dropped", { id: delivered.id });
      delivered.ack();
      continue;
    }
    const body: ShardMessage = parsed.data;
    try {
      await runShard(deps, body, body.at + Math.max(0, deps.wall() - body.made));
      delivered.ack();
    } catch (error) {
      logFault(`shard ${body.shard}`, error);
      delivered.retry({ delaySeconds: FAULT_DELAY });
    }
  }
}

/** Messages that failed too often: for the log only, since the next tick sends their shards anew. */
export function bury(messages: readonly Delivered[]): void {
  for (const dead of messages) {
    log("message.dead", { id: dead.id, body: dead.body });
    dead.ack();
  }
}
