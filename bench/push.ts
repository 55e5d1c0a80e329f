/**
 * An edition to many webhooks, by a real office over real sockets, beside a bare loop of fetches in workerd in the same run.
 *
 *   npm run bench -- push [channels] [posts] [channels at the slow receiver]
 *
 * One endpoint in twenty fails at first. Fails when something did not arrive exactly once, when a push to many channels
 * costs the database more than {@link FLAT} times one to {@link FEW}, or when Kanfa pushes less than {@link TARGET} times as
 * many a second as the floor does, to a receiver that answers after 50 ms, as one on the internet does. The other one
 * answers at once: there D1, which here shares the floor's thread, and the signatures are all that the ratio shows.
 * Channels are made by the statements of the API, a hundred at a time.
 */
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { unstable_startWorker } from "wrangler";
import { deliverEdition } from "./push/edition.ts";

const CHANNELS = Math.min(Number(process.argv[2] ?? 10_000), 100_000);
const POSTS = Number(process.argv[3] ?? 15);
const FEW = 1000;
/** Channels at the receiver that takes its time: a run of less than a minute unless it is said otherwise. */
const SLOW = Number(process.argv[4] ?? 300);
const TARGET = 0.8;
const FLAT = 1.1;

const receiver = new Worker(join(import.meta.dirname, "push", "receiver.ts"));
const hook = `http://127.0.0.1:${await new Promise<number>((done) => receiver.once("message", done))}`;
const bare = await unstable_startWorker({
  name: "floor",
  entrypoint: join(import.meta.dirname, "push", "floor.js"),
  compatibilityDate: "2026-10-20",
  dev: { server: { hostname: "127.0.0.1", port: 8872 }, watch: false, inspector: false, logLevel: "error" },
});
await bare.ready;

/** Requests a second of the bare loop: one invocation with six connections, as many as the local queue runs at a time. */
async function floor(to: string, count: number): Promise<number> {
  const start = performance.now();
  await (await fetch(`http://127.0.0.1:8872/?count=${count}&to=${to}/floor`)).text();
  return count / ((performance.now() - start) / 1000);
}

let good = true;

/** One edition with the floor before and after it, told in a line. Gives the ratio of the two, and what a push cost. */
async function compare(channels: number, posts: number, to: string, loops: number) {
  await floor(to, loops / 10);
  const before = await floor(to, loops);
  const { pushes, rate, seconds, spent, exact } = await deliverEdition(channels, posts, to);
  const after = await floor(to, loops);
  const ratio = rate / ((before + after) / 2);
  const cost = [spent.queries, spent.read, spent.written].map((each) => each / pushes);
  const [queries, read, written] = cost.map((each) => each.toFixed(2));
  const place = to === hook ? "at once" : "after 50 ms";
  console.log(
    `${channels} channels, ${posts} posts, answered ${place}: ${Math.round(rate)} pushes a second, ${ratio.toFixed(2)} of the floor ` +
      `(${Math.round(before)} before, ${Math.round(after)} after); all ${pushes} in ${Math.round(seconds)} s${exact ? ", each once" : ", NOT each once"}; ` +
      `a push: ${queries} queries, ${read} rows read, ${written} written; load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`,
  );
  good &&= exact;
  return { ratio, cost };
}

const few = await compare(Math.min(FEW, CHANNELS), POSTS, hook, 20_000);
const many = CHANNELS > FEW ? await compare(CHANNELS, POSTS, hook, 20_000) : few;
const slow = await compare(SLOW, POSTS, `${hook}/slow`, 1200);
await bare.dispose();
await receiver.terminate();

const growth = Math.max(...many.cost.map((each, i) => each / few.cost[i]!));
if (CHANNELS > FEW)
  console.log(`cost of a push at ${CHANNELS} channels: ${growth.toFixed(3)} times that at ${FEW}, at most`);
if (growth > FLAT || slow.ratio < TARGET) good = false;
if (!good)
  console.error(
    `Missed: everything once, ${TARGET} of the floor after 50 ms, and a cost that stays within ${FLAT} times.`,
  );
process.exit(good ? 0 : 1);
