/**
 * Kanfa 刊发, the Worker. Reading order for someone new to this code:
 *
 * 1. `../migrations/` — the map of the data.
 * 2. `articles/states.ts` and `articles/desk.ts` — a manuscript's life, from draft to queue.
 * 3. `editions/ladder/`, then `draft.ts`, `plan.ts`, `release.ts` and `day.ts` — a working day's edition and how it
 *    goes out;
 *    `editions/calendar/calendar.ts` — which days are worked; `editions/wheel.ts` — what a person changes.
 * 4. `wire/store.ts` — what is written to the log of posts; `entry-store.ts` and `post-store.ts` — how it is read.
 * 5. `delivery/owed.ts`, `policy.ts` and `shard.ts` — how every subscriber gets what it is owed.
 * 6. `channels/kind.ts` — what a kind of subscriber is.
 * 7. `editions/forecast.ts` and `warn.ts` — what will be short; `alerts/store.ts` — the log of what the office has to know.
 * 8. `handover/outlets.ts`, `pack.ts` and `acts.ts` — what a person posts by hand (交接), and ticks off.
 * 9. `readers/subscribe.ts` — readers who subscribe themselves.
 * 10. `tick.ts` — what one minute does; `web/app.ts` — what HTTP does.
 *
 * `docs/architecture.md` tells why it is built so.
 */
import { depsOf } from "./deps.ts";
import { bury, consume } from "./delivery/consumer.ts";
import type { Env, QueueMessage } from "./env.ts";
import { tick } from "./tick.ts";
import { app } from "./web/app.tsx";

/** The queue whose consumer does the work; the other one holds its dead letters. */
const SHARDS = "kanfa-shards";

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => tick(depsOf(env), Number(controller.scheduledTime)),
  queue: async (batch, env) =>
    batch.queue === SHARDS ? consume(depsOf(env), batch.messages) : bury(depsOf(env), batch.messages),
} satisfies ExportedHandler<Env, QueueMessage>;
