/** An office with some kinds, and short words for what its tests look at. */
import { MINUTE, SECOND } from "../../../../src/platform/time.ts";
import { plain } from "./kinds.ts";
import type { Received } from "./office.ts";
import { Office } from "./office.ts";

export const START = Date.parse("2026-11-23T08:30:00+08:00");
const FIVE = { batch: 5, deadline: 10_000 };
const KINDS = [
  plain("one"),
  plain("many", { limits: FIVE }),
  plain("leaving", { unknown: "leave" }),
  plain("robot", {
    limits: { ...FIVE, batch: 1, pace: { channel: 1000, credential: 3000 } },
    credential: ({ token }) => token,
  }),
];
/** The office of the test that runs: a new one for each. */
export let office: Office;
export const status = (code: number, headers: Record<string, string> = {}, body = "") =>
  new Response(body, { status: code, headers });
const seqsOf = ({ body }: Received): number[] => JSON.parse(body) as number[];
export const sent = (uid = "c"): number[][] => office.received.filter((request) => request.uid === uid).map(seqsOf);
export const ledger = (uid = "c") =>
  office.rows<{ entries: string; outcome: string; n: number }>(
    "SELECT d.entries, d.outcome, d.n FROM deliveries d JOIN channels c ON c.id = d.channel_id WHERE c.uid = ? ORDER BY d.from_seq",
    uid,
  );
export const channel = <T>(column: string, uid = "c") =>
  office.value<T>(`SELECT ${column} FROM channels WHERE uid = ?`, uid);
export const publish = (count: number) => {
  for (let i = 0; i < count; i++) office.append("published");
};
/** Ticks each minute for so long. */
export async function pass(ms: number, step = MINUTE): Promise<void> {
  for (const end = office.now + ms; office.now < end; office.now = Math.min(end, office.now + step)) {
    await office.tick();
    await office.drain();
  }
}
export async function run(): Promise<void> {
  await office.tick();
  await office.drain();
}
export const seconds = (uid = "c") =>
  office.received.filter((r) => r.uid === uid).map(({ at }) => (at - START) / SECOND);
export const time = (text: string) => Date.parse(`2026-11-${text}:00+08:00`);

/** An empty office. */
export function reset(): void {
  office = new Office(KINDS, START);
}
