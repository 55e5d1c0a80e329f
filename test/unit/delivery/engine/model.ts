/** Random histories of a small office, and what must hold when each has come to rest. */
import { expect } from "vitest";
import type { Filter } from "../../../../src/delivery/filter.ts";
import { RETRY_AFTER_CAP, SCHEDULE } from "../../../../src/delivery/policy.ts";
import { HOUR, MINUTE } from "../../../../src/platform/time.ts";
import { plain, STAGES, threefold } from "./kinds.ts";
import type { Fault, Received } from "./office.ts";
import { Office } from "./office.ts";

/** How an endpoint fares for a while. `reset`: it never hears of it; `silent`: it takes it and its answer is lost. */
export const MOODS = ["ok", "down", "reset", "silent", "throttled", "refusing"] as const;
type Mood = (typeof MOODS)[number];

export type Action =
  | { do: "publish"; column: 1 | 2 }
  | { do: "correct" | "recall"; post: number }
  | { do: "tick" }
  /** A message that has arrived, or is on its way, is handled; its twin too, at the same time, if it was doubled. */
  | { do: "handle"; message: number; doubled: boolean; fault?: Fault | undefined }
  | { do: "lose"; message: number }
  | { do: "pass"; minutes: number }
  | { do: "mood"; channel: number; mood: Mood }
  | { do: "pause" | "resume"; channel: number }
  | { do: "refilter"; channel: number; column: 1 | 2 | null };

const START = Date.parse("2026-11-23T08:30:00+08:00");
const EXPIRES = 20 * HOUR;

/** What each channel is like. Those with hours or a maximum keep their filter, so that it can be asked whether they kept to it. */
const CHANNELS: { kind: string; filter: Filter; host: string; fixed?: true; token?: string }[] = [
  { kind: "one", filter: {}, host: "a.example.com" },
  { kind: "many", filter: {}, host: "a.example.com" },
  { kind: "many", filter: { columns: ["a"] }, host: "b.example.com" },
  { kind: "leaving", filter: {}, host: "b.example.com" },
  { kind: "many", filter: { mode: "digest", digest_at: ["12:00", "18:00"] }, host: "c.example.com", fixed: true },
  { kind: "one", filter: { quiet: { from: "09:00", to: "10:30" } }, host: "a.example.com", fixed: true },
  { kind: "many", filter: { daily_max: 3 }, host: "b.example.com", fixed: true },
  { kind: "paced", filter: { mode: "each" }, host: "d.example.com", token: "shared" },
  { kind: "paced", filter: {}, host: "d.example.com", token: "shared" },
  { kind: "threefold", filter: {}, host: "e.example.com" },
];
const PACE = { channel: 3000, credential: 5000 };
const KINDS = [
  plain("one"),
  plain("many", { limits: { batch: 4, deadline: 10_000 } }),
  plain("leaving", { limits: { batch: 2, deadline: 10_000 }, unknown: "leave" }),
  plain("paced", { limits: { batch: 4, deadline: 10_000, pace: PACE }, credential: ({ token }) => token }),
  threefold("threefold"),
];
export const COUNT = CHANNELS.length;
const uidOf = (channel: number): string => `c${channel}`;

interface Row {
  uid: string;
  from_seq: number;
  to_seq: number;
  entries: string;
  outcome: string;
  n: number;
  at: number;
  excerpt: string | null;
}

export class History {
  readonly office = new Office(KINDS, START);
  readonly moods = new Map<string, Mood>();
  /** Every filter that a channel has had. */
  readonly filters = new Map<string, Filter[]>();
  /** Which calls of a push of several were taken. */
  readonly calls: string[] = [];
  readonly taken: (Received & { head: number })[] = [];

  /** What was wrong with a request: told at the end, since whoever sends takes what is thrown for a broken connection. */
  readonly #wrong: unknown[] = [];
  readonly #channels: readonly number[];

  private constructor(channels: readonly number[]) {
    this.#channels = channels;
  }

  /** An office with these of the channels. */
  static async begin(channels: readonly number[]): Promise<History> {
    const history = new History(channels);
    const { office } = history;
    office.endpoint = (request) => history.#answer(request);
    office.onReceive = (request) => {
      try {
        history.#look(request);
      } catch (error) {
        history.#wrong.push(error);
      }
    };
    for (const i of channels) {
      const { kind, filter, host, token } = CHANNELS[i]!;
      await office.channel(uidOf(i), kind, { filter, host, expiresAfter: EXPIRES, ...(token && { token }) });
      history.filters.set(uidOf(i), [filter]);
    }
    office.spoil(null);
    return history;
  }

  #uid(channel: number): string {
    return uidOf(this.#channels[channel % this.#channels.length]!);
  }

  /** What is so of every request, at the moment at which it arrives. */
  #look({ uid, id, method, body }: Received): void {
    const from = Number(id.split("_")[1]);
    const [row] = this.office.rows<Row & { state: string | null }>(
      `SELECT d.entries, d.outcome, d.n, d.state FROM deliveries d JOIN channels c ON c.id = d.channel_id WHERE c.uid = ? AND d.from_seq = ?`,
      uid,
      from,
    );
    // It was written down before, and is a repeat of nothing that was acknowledged.
    expect(row?.outcome, id).toBe("sending");
    if (method === "POST") {
      const carried = JSON.parse(body) as number[];
      const listed = JSON.parse(row!.entries) as number[];
      expect(listed, id).toEqual(expect.arrayContaining(carried));
      // What an earlier attempt may have brought stays listed, though it was recalled or went stale before this one.
      for (const seq of listed) if (!carried.includes(seq)) expect(this.#lapsed(seq, this.office.now), id).toBe(true);
    }
    const channel = CHANNELS[Number(uid.slice(1))]!;
    if (channel.kind === "leaving")
      expect(
        this.office.rows(
          `SELECT 1 FROM attempts t JOIN channels c ON c.id = t.channel_id WHERE c.uid = ? AND t.from_seq = ? AND t.outcome = 'unknown'`,
          uid,
          from,
        ),
        `${id} is left alone once its answer was lost`,
      ).toEqual([]);
    if (channel.filter.quiet) {
      const clock = new Date(this.office.now + 8 * HOUR).toISOString().slice(11, 16);
      expect(clock < "09:00" || clock >= "10:30", `${uid} is called at ${clock}`).toBe(true);
    }
  }

  /** Whether the entry's post is recalled, or the entry stale, at `now`. */
  #lapsed(seq: number, now: number): boolean {
    const [entry] = this.office.rows<{ at: number; recalled: number | null }>(
      "SELECT w.at, p.recalled_at AS recalled FROM wire w JOIN posts p ON p.id = w.post_id WHERE w.seq = ?",
      seq,
    );
    return entry!.recalled !== null || entry!.at + EXPIRES <= now;
  }

  #answer(request: Received): Response {
    const { uid, id, url, method } = request;
    const mood = this.moods.get(uid) ?? "ok";
    if (mood === "reset") throw new Error("connection reset");
    if (mood === "down") return new Response("", { status: 503 });
    if (mood === "throttled") return new Response("", { status: 429, headers: { "retry-after": "90" } });
    if (mood === "refusing") return new Response("", { status: 422 });
    const call = `${id} ${url.split("/").at(-1)}`;
    if (method === "GET") return new Response(this.calls.includes(call) ? "yes" : "no");
    if (url.split("/").length > 4) this.calls.push(call);
    this.taken.push({ ...request, head: this.office.value("SELECT max(seq) FROM wire") });
    if (mood === "silent") throw new Error("connection lost");
    return new Response("ok");
  }

  async take(action: Action): Promise<void> {
    const { office } = this;
    switch (action.do) {
      case "publish":
        office.append("published", undefined, action.column);
        return;
      case "correct":
      case "recall": {
        const live = office.rows<{ id: number }>("SELECT id FROM posts WHERE recalled_at IS NULL ORDER BY id");
        const post = live[action.post % Math.max(1, live.length)];
        if (post) office.append(action.do === "correct" ? "corrected" : "recalled", post.id);
        return;
      }
      case "tick":
        return office.tick();
      case "handle": {
        const [message] = office.queue.splice(action.message % Math.max(1, office.queue.length), 1);
        if (!message) return;
        office.spoil(action.fault ?? null);
        await Promise.all([message, ...(action.doubled ? [message] : [])].map(({ body }) => office.handle(body)));
        office.spoil(null);
        return;
      }
      case "lose":
        office.queue.splice(action.message % Math.max(1, office.queue.length), 1);
        return;
      case "pass":
        office.now += action.minutes * MINUTE;
        return;
      case "mood":
        this.moods.set(this.#uid(action.channel), action.mood);
        return;
      case "pause":
      case "resume":
        office.status(this.#uid(action.channel), action.do === "pause" ? "paused" : "active");
        return;
      case "refilter": {
        const uid = this.#uid(action.channel);
        if (CHANNELS[Number(uid.slice(1))]!.fixed) return;
        const filter = action.column === null ? {} : { columns: [action.column === 1 ? "a" : "b"] };
        this.filters.get(uid)!.push(filter);
        office.filter(uid, filter);
      }
    }
  }

  /**
   * Endpoints take what they get, or refuse it for good; people resume what they paused; time goes on until nobody has
   * anything to do.
   */
  async rest(): Promise<void> {
    for (const [uid, mood] of this.moods) if (mood !== "refusing") this.moods.delete(uid);
    for (const i of this.#channels) this.office.status(uidOf(i), "active");
    await this.office.settle();
  }

  /** What must hold at rest. */
  check(): void {
    if (this.#wrong.length > 0) throw this.#wrong[0];
    const { office } = this;
    const head = office.value<number>("SELECT coalesce(max(seq), 0) FROM wire");
    const wire = office.rows<{
      seq: number;
      kind: string;
      at: number;
      post: number;
      column: string;
      recalled: number | null;
    }>(
      `SELECT w.seq, w.kind, w.at, w.post_id AS post, c.slug AS "column", p.recalled_at AS recalled FROM wire w JOIN posts p ON p.id = w.post_id
       JOIN columns c ON c.id = p.column_id ORDER BY w.seq`,
    );
    const all = office.rows<Row>(
      `SELECT c.uid, d.from_seq, d.to_seq, d.entries, d.outcome, d.n, d.at, d.excerpt FROM deliveries d JOIN channels c ON c.id = d.channel_id
       ORDER BY c.id, d.from_seq`,
    );
    for (const i of this.#channels) {
      const channel = CHANNELS[i]!;
      const uid = uidOf(i);
      const rows = all.filter((row) => row.uid === uid);
      const entriesOf = (row: Row) => JSON.parse(row.entries) as number[];
      const listed = rows.flatMap(entriesOf);
      const withOutcome = (...outcomes: string[]) =>
        new Set(rows.filter((row) => outcomes.includes(row.outcome)).flatMap(entriesOf));
      const told = withOutcome("accepted", "unknown");

      const received = this.taken.filter((request) => request.uid === uid && request.method === "POST");

      // It has caught up; the ledger has each entry once, in order, with an end.
      expect(office.rows("SELECT cursor, lease_token FROM channels WHERE uid = ?", uid), uid).toEqual([
        { cursor: head, lease_token: null },
      ]);
      expect(listed, uid).toEqual([...new Set(listed)].toSorted((a, b) => a - b));
      for (const row of rows)
        expect(["accepted", "rejected", "expired", "unknown"], `${uid} ${row.from_seq}`).toContain(row.outcome);

      // Everything that all its filters admitted is there, and nothing that none of them did.
      const filters = this.filters.get(uid)!;
      const admits = (filter: Filter, column: string) => !filter.columns || filter.columns.includes(column);
      for (const { seq, kind, post, column, recalled } of wire) {
        const where = `${uid} entry ${seq}`;
        if (!filters.some((filter) => admits(filter, column))) expect(listed, where).not.toContain(seq);
        if (!filters.every((filter) => admits(filter, column)) || channel.filter.daily_max) continue;
        if (kind === "published" && recalled === null) expect(listed, where).toContain(seq);
        if (kind === "recalled" && told.has(post)) expect(listed, where).toContain(seq);
        // Whoever got the post after its correction got the corrected text.
        const before = received.some(({ head, body }) => head < seq && (JSON.parse(body) as number[]).includes(post));
        if (kind === "corrected" && told.has(post) && before && recalled === null) expect(listed, where).toContain(seq);
      }

      // What expired had reason to: it was stale, or would have been by its next try, or all of it was recalled.
      for (const row of rows.filter(({ outcome }) => outcome === "expired")) {
        const of = entriesOf(row).map((seq) => wire[seq - 1]!);
        const wait = Math.max(RETRY_AFTER_CAP, SCHEDULE[Math.min(row.n, SCHEDULE.length) - 1] ?? 0) * 1.2;
        // One that was dropped unsent tells of its last attempt, long before.
        const until = row.excerpt?.includes("before it could be sent") ? office.now : row.at + wait;
        const stale = of.some(({ at }) => at + EXPIRES <= until);
        expect(stale || of.every(({ recalled }) => recalled !== null), `${uid} ${row.from_seq} expired`).toBe(true);
      }

      // What was accepted was taken, under one id for each entry.
      const ids = new Map<number, Set<string>>();
      for (const { id, body } of received)
        for (const seq of JSON.parse(body) as number[]) ids.set(seq, (ids.get(seq) ?? new Set()).add(id));
      for (const [seq, of] of ids) expect(of.size, `${uid} entry ${seq} under ${[...of].join()}`).toBe(1);
      for (const seq of withOutcome("accepted"))
        expect(ids.has(seq) || this.#lapsed(seq, office.now), `${uid} entry ${seq} was taken`).toBe(true);

      // It kept to its hours and its number.
      if (channel.filter.mode === "digest")
        for (const { body, at } of received) {
          const since = (seq: number) => new Date(wire[seq - 1]!.at + 8 * HOUR).toISOString();
          const now = new Date(at + 8 * HOUR).toISOString();
          for (const seq of JSON.parse(body) as number[])
            expect(
              now.slice(0, 10) > since(seq).slice(0, 10) ||
                ["12:00", "18:00"].some((time) => since(seq).slice(11, 16) <= time && time <= now.slice(11, 16)),
              `${uid} entry ${seq} of ${since(seq)} at ${now}`,
            ).toBe(true);
        }
      if (channel.filter.daily_max !== undefined) {
        const days = new Map<string, number>();
        for (const row of rows.filter(({ outcome }) => outcome === "accepted")) {
          const day = new Date(row.at + 8 * HOUR).toISOString().slice(0, 10);
          // What was recalled before the attempt that worked may have come with an earlier one, and is not counted.
          const counted = (seq: number) => wire[seq - 1]!.kind === "published" && !this.#lapsed(seq, office.now);
          const posts = entriesOf(row).filter((seq) => counted(seq)).length;
          days.set(day, (days.get(day) ?? 0) + posts);
        }
        for (const [day, posts] of days)
          expect(posts, `${uid} on ${day}`).toBeLessThanOrEqual(channel.filter.daily_max);
      }
    }
    // A call of a push of several was taken once.
    expect(this.calls.toSorted()).toEqual([...new Set(this.calls)].toSorted());
    for (const row of all.filter(
      ({ uid, outcome }) => outcome === "accepted" && CHANNELS[Number(uid.slice(1))]!.kind === "threefold",
    ))
      for (const stage of STAGES) expect(this.calls).toContain(`${row.uid}_${row.from_seq} ${stage}`);
    expect(office.value("SELECT count(*) FROM hosts")).toBeLessThanOrEqual(5);
  }
}
