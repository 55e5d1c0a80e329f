/** The tick's part in delivery: due shards become queue messages. */
import type { ShardMessage } from "../env.ts";
import { newStamp } from "../platform/ids.ts";
import { logFault } from "../platform/log.ts";
import type { DeliveryDeps } from "./deps.ts";
import { MESSAGE_GRACE } from "./shard.ts";
import { forgetEnqueued, takeDueShards } from "./store.ts";

/** One sendBatch takes a hundred messages (Queues limits). */
const MESSAGES = 100;

/**
 * Sends the due shards to the queue, those aside that a message is already under way for. A queue that refuses loses
 * nothing: the shards stay due. Gives how many were sent.
 */
export async function sweep(deps: Pick<DeliveryDeps, "db" | "queue" | "wall">, now: number): Promise<number> {
  const wall = deps.wall();
  const due = await takeDueShards(deps.db, now, wall, wall + MESSAGE_GRACE, newStamp());
  let sent = 0;
  for (let i = 0; i < due.length; i += MESSAGES) {
    const part = due.slice(i, i + MESSAGES);
    const messages = part.map(({ id, ticket }): { body: ShardMessage } => ({
      body: { v: 1, shard: id, at: now, made: wall, ticket },
    }));
    try {
      await deps.queue.sendBatch(messages);
      sent += part.length;
    } catch (error) {
      logFault("queue.sendBatch", error);
      await forgetEnqueued(
        deps.db,
        part.map(({ id }) => id),
      ).run();
    }
  }
  return sent;
}
