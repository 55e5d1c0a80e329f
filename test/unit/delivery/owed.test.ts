import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Filter } from "../../../src/delivery/filter.ts";
import * as delivery from "../../../src/delivery/owed.ts";
import { admits } from "../../../src/delivery/filter.ts";
import { followEntry } from "../../../src/delivery/logs.ts";
import type { Entry, EntryKind } from "../../../src/wire/entry-store.ts";
import { ENTRY_KINDS } from "../../../src/wire/entry-store.ts";

const NOW = Date.UTC(2026, 10, 23);
const ALL: Filter = {};

/** A wire entry; by default the publication of a post of its own. */
function entry(seq: number, more: Partial<Entry> = {}): Entry {
  return {
    seq,
    kind: "published",
    at: NOW,
    note: "",
    postId: seq,
    releasedAt: NOW,
    uid: `post-${more.postId ?? seq}`,
    title: "标题",
    digest: "",
    recalled: false,
    original: true,
    publication: "huade",
    publicationName: "化德党建",
    columnName: null,
    unitName: null,
    correctedAt: null,
    meta: null,
    theme: null,
    timeZone: "Asia/Shanghai",
    stopped: false,
    column: "dangke",
    unit: "qihao",
    cover: null,
    pictures: [],
    markdown: null,
    ...more,
  };
}
/** A wire 1, 2, 3 … of these. */
const wire = (...entries: Partial<Entry>[]): Entry[] => entries.map((more, i) => entry(i + 1, more));
const channel = (more: Partial<Parameters<typeof owed>[0]> = {}) => ({
  cursor: 0,
  filter: ALL,
  expiresAfter: 1000,
  batch: 8,
  day: null,
  dayPosts: 0,
  ...more,
});
/** The decisions, on wire entries as delivery follows them. */
const owed = (
  to: Parameters<typeof delivery.owed>[0],
  slice: readonly Entry[],
  knows: (post: number) => boolean,
  now: number,
) => delivery.owed(to, slice.map(followEntry), knows, now);
const sendable = (entries: readonly Entry[], expiresAfter: number, now: number) =>
  delivery.sendable(entries.map(followEntry), expiresAfter, now);
const anyone = () => true;
const nobody = () => false;

describe("filters", () => {
  const post = entry(1, { publication: "huade", column: "dangke", unit: "qihao", kind: "corrected", original: false });
  it.each<[string, Filter, boolean]>([
    ["nothing asked", {}, true],
    ["its publication", { publications: ["other", "huade"] }, true],
    ["another publication", { publications: ["other"] }, false],
    ["part of its publication's name", { publications: ["hua"] }, false],
    ["an empty list is all", { publications: [], columns: [], units: [], kinds: [] }, true],
    ["its column", { columns: ["dangke"] }, true],
    ["another column", { columns: ["series"] }, false],
    ["its unit", { units: ["qihao"] }, true],
    ["another unit", { units: ["office"] }, false],
    ["its kind", { kinds: ["corrected", "recalled"] }, true],
    ["another kind", { kinds: ["published"] }, false],
    ["originals only", { originals_only: true }, false],
    ["originals or not", { originals_only: false }, true],
    ["all must hold", { publications: ["huade"], columns: ["dangke"], units: ["office"] }, false],
    ["all do hold", { publications: ["huade"], columns: ["dangke"], units: ["qihao"], kinds: ["corrected"] }, true],
  ])("%s: %j → %s", (_, filter, expected) => {
    expect(admits(filter, post)).toBe(expected);
  });

  it.each<[string, Filter, boolean]>([
    ["a list of columns", { columns: ["dangke"] }, false],
    ["a list of units", { units: ["qihao"] }, false],
    ["no list", { columns: [], originals_only: true }, true],
  ])("a post without column and unit, against %s", (_, filter, expected) => {
    expect(admits(filter, entry(1, { column: null, unit: null }))).toBe(expected);
  });
});

describe("what a channel is owed", () => {
  it.each<[string, Parameters<typeof owed>, ReturnType<typeof owed>]>([
    ["an empty wire", [channel(), [], anyone, NOW], { type: "nothing" }],
    ["caught up", [channel({ cursor: 2 }), wire({}, {}), anyone, NOW], { type: "nothing" }],
    ["one", [channel(), wire({}), nobody, NOW], { type: "push", to: 1, entries: [1] }],
    [
      "after its cursor only",
      [channel({ cursor: 1 }), wire({}, {}, {}), nobody, NOW],
      { type: "push", to: 3, entries: [2, 3] },
    ],
    [
      "as many as a batch takes",
      [channel({ batch: 2 }), wire({}, {}, {}), nobody, NOW],
      { type: "push", to: 2, entries: [1, 2] },
    ],
    ["a batch of one", [channel({ batch: 1 }), wire({}, {}), nobody, NOW], { type: "push", to: 1, entries: [1] }],
    [
      "what is refused behind a full batch is passed over with it",
      [channel({ batch: 1, filter: { units: ["a"] } }), wire({ unit: "a" }, { unit: "b" }, { unit: "a" }), nobody, NOW],
      { type: "push", to: 2, entries: [1] },
    ],
    [
      "what is refused in between too",
      [
        channel({ filter: { units: ["a"] } }),
        wire({ unit: "b" }, { unit: "a" }, { unit: "b" }, { unit: "a" }),
        nobody,
        NOW,
      ],
      { type: "push", to: 4, entries: [2, 4] },
    ],
    [
      "only what is refused",
      [channel({ filter: { units: ["a"] } }), wire({}, {}), nobody, NOW],
      { type: "skip", to: 2 },
    ],
    [
      "one kind a push",
      [channel(), wire({}, { kind: "corrected", postId: 9 }, {}), anyone, NOW],
      { type: "push", to: 1, entries: [1] },
    ],
    [
      "corrections together",
      [channel(), wire({ kind: "corrected", postId: 9 }, { kind: "corrected", postId: 8 }), anyone, NOW],
      { type: "push", to: 2, entries: [1, 2] },
    ],
    [
      "another kind that is refused does not end the push",
      [channel({ filter: { kinds: ["published"] } }), wire({}, { kind: "corrected", postId: 9 }, {}), anyone, NOW],
      { type: "push", to: 3, entries: [1, 3] },
    ],
    [
      "stale at its last moment",
      [channel({ expiresAfter: 1000 }), wire({ at: NOW - 1000 }, { at: NOW - 999 }), nobody, NOW],
      { type: "missed", to: 1, entries: [1] },
    ],
    [
      "only stale",
      [channel({ expiresAfter: 1000 }), wire({ at: NOW - 5000 }), nobody, NOW],
      { type: "missed", to: 1, entries: [1] },
    ],
    [
      "stale, with others in between that are not for it",
      [
        channel({ expiresAfter: 1000, filter: { units: ["a"] } }),
        wire({ at: NOW - 5000, unit: "a" }, { unit: "b" }, { at: NOW - 4000, unit: "a" }, { unit: "b" }, { unit: "a" }),
        nobody,
        NOW,
      ],
      { type: "missed", to: 4, entries: [1, 3] },
    ],
    [
      "stale behind what is fresh",
      [channel({ expiresAfter: 1000 }), wire({}, { at: NOW - 4000 }), nobody, NOW],
      { type: "push", to: 1, entries: [1] },
    ],
    [
      "stale, but not for it in the first place",
      [channel({ expiresAfter: 1000, filter: { units: ["a"] } }), wire({ at: NOW - 5000 }), nobody, NOW],
      { type: "skip", to: 1 },
    ],
    [
      "a wire that runs ahead of a stepped-back clock",
      [channel(), wire({ at: NOW + 86_400_000 }), nobody, NOW],
      { type: "push", to: 1, entries: [1] },
    ],
    [
      "a post recalled before it was sent",
      [channel(), wire({ recalled: true }, {}), nobody, NOW],
      { type: "push", to: 2, entries: [2] },
    ],
    [
      "its recall, to one who never got it",
      [channel(), wire({ recalled: true, postId: 1 }, { kind: "recalled", recalled: true, postId: 1 }), nobody, NOW],
      { type: "skip", to: 2 },
    ],
    [
      "its recall, to one who did",
      [channel({ cursor: 1 }), wire({ recalled: true }, { kind: "recalled", recalled: true, postId: 1 }), anyone, NOW],
      { type: "push", to: 2, entries: [2] },
    ],
    [
      "a correction to one who never got the post",
      [channel(), wire({ kind: "corrected", postId: 7 }), nobody, NOW],
      { type: "skip", to: 1 },
    ],
    [
      "a correction of what has been recalled since",
      [channel(), wire({ kind: "corrected", postId: 7, recalled: true }), anyone, NOW],
      { type: "skip", to: 1 },
    ],
    [
      "a correction that is read with the post itself: the push carries the corrected text already",
      [channel(), wire({ postId: 1 }, { kind: "corrected", postId: 1 }, { postId: 3 }), nobody, NOW],
      { type: "push", to: 3, entries: [1, 3] },
    ],
    ["stopped", [channel(), wire({ stopped: true }, {}), nobody, NOW], { type: "blocked" }],
    [
      "stopped behind something to send",
      [channel(), wire({}, { stopped: true }, {}), nobody, NOW],
      { type: "push", to: 1, entries: [1] },
    ],
    [
      "stopped behind something refused: the cursor moves up to it",
      [channel({ filter: { units: ["a"] } }), wire({ unit: "b" }, { unit: "a", stopped: true }), nobody, NOW],
      { type: "skip", to: 1 },
    ],
    [
      "another's stop does not matter",
      [
        channel({ filter: { publications: ["huade"] } }),
        wire({ publication: "video", stopped: true }, {}),
        nobody,
        NOW,
      ],
      { type: "push", to: 2, entries: [2] },
    ],
    [
      "a slice of another cursor",
      [channel({ cursor: 4 }), [entry(1), entry(2), entry(5), entry(9), entry(10)], nobody, NOW],
      { type: "push", to: 5, entries: [5] },
    ],
    ["only slices of others", [channel({ cursor: 4 }), [entry(2), entry(9)], nobody, NOW], { type: "nothing" }],
  ])("%s", (_, args, expected) => {
    expect(owed(...args)).toEqual(expected);
  });
});

// ---- a channel's whole life, beside a plain model ----

const PUBLICATIONS = ["huade", "video"];
const COLUMNS = ["dangke", "series", null];
const UNITS = ["qihao", "office", null];
const EXPIRES_AFTER = 1000;

type Step =
  | { do: "publish"; publication: number; column: number; unit: number; original: boolean }
  | { do: "correct" | "recall"; post: number }
  | { do: "wait"; ms: number }
  | { do: "stop"; publication: number }
  | { do: "poll"; window: number; others: number[] };

const nat = fc.nat(1000);
const poll: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("poll" as const),
  window: fc.integer({ min: 1, max: 20 }),
  others: fc.array(nat, { maxLength: 3 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("publish" as const),
      publication: nat,
      column: nat,
      unit: nat,
      original: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("correct" as const, "recall" as const), post: nat }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 600 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const), publication: nat }) },
  { weight: 6, arbitrary: poll },
);
const some = (names: readonly string[]) => fc.option(fc.subarray([...names]), { nil: undefined, freq: 1 });
const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant(ALL),
  fc.record({
    publications: some(PUBLICATIONS),
    columns: some(["dangke", "series"]),
    units: some(["qihao", "office"]),
    kinds: fc.option(fc.subarray<EntryKind>([...ENTRY_KINDS]), { nil: undefined, freq: 1 }),
    originals_only: fc.option(fc.boolean(), { nil: undefined, freq: 1 }),
  }),
);

/** The filter's meaning, said once more. */
function takes(filter: Filter, e: Entry): boolean {
  const refusedBy = (list: readonly string[] | undefined, value: string | null) =>
    list !== undefined && list.length > 0 && !list.some((name) => name === value);
  if (refusedBy(filter.publications, e.publication) || refusedBy(filter.columns, e.column)) return false;
  if (refusedBy(filter.units, e.unit) || refusedBy(filter.kinds, e.kind)) return false;
  return e.original || filter.originals_only !== true;
}

class World {
  entries: Entry[] = [];
  recalled = new Set<number>();
  stopped = new Set<string>();
  now = NOW;
  cursor = 0;
  /** The posts that the channel was told of. */
  told = new Set<number>();
  sent: number[] = [];
  counts = { push: 0, skip: 0, missed: 0, blocked: 0, nothing: 0, wait: 0 };

  append(kind: EntryKind, like: Partial<Entry>): void {
    const seq = this.entries.length + 1;
    this.entries.push(entry(seq, { ...like, seq, kind, at: this.now }));
  }

  /** The wire as it reads now. */
  read(seq: number): Entry {
    const e = this.entries[seq - 1]!;
    return { ...e, recalled: this.recalled.has(e.postId), stopped: this.stopped.has(e.publication) };
  }

  /** Whether the channel should get the entry, if its turn were now. */
  wants(e: Entry, filter: Filter): boolean {
    return this.means(e, filter) && !this.stale(e);
  }

  stale(e: Entry): boolean {
    return this.now - e.at >= EXPIRES_AFTER;
  }

  /** Whether the entry is for the channel, whatever its age. */
  means(e: Entry, filter: Filter): boolean {
    if (!takes(filter, e)) return false;
    if (this.recalled.has(e.postId) && e.kind !== "recalled") return false;
    return e.kind === "published" || this.told.has(e.postId);
  }

  /** The windows after our cursor and some others, as one read gives them. */
  slice(window: number, others: readonly number[]): Entry[] {
    const seqs = new Set<number>();
    for (const cursor of [this.cursor, ...others.map((n) => n % (this.entries.length + 1))])
      for (let seq = cursor + 1; seq <= Math.min(cursor + window, this.entries.length); seq++) seqs.add(seq);
    return [...seqs].toSorted((a, b) => a - b).map((seq) => this.read(seq));
  }

  poll(filter: Filter, batch: number, slice: readonly Entry[]): void {
    const turn = owed(
      { cursor: this.cursor, filter, expiresAfter: EXPIRES_AFTER, batch, day: null, dayPosts: 0 },
      slice,
      (post) => this.told.has(post),
      this.now,
    );
    this.counts[turn.type] += 1;
    if (turn.type === "nothing") {
      expect(this.cursor).toBe(this.entries.length);
      return;
    }
    if (turn.type === "blocked") {
      const next = this.read(this.cursor + 1);
      expect(next.stopped).toBe(true);
      expect(this.wants(next, filter)).toBe(true);
      return;
    }
    if (turn.type === "wait") expect.unreachable("nothing makes it wait");
    expect(turn.to).toBeGreaterThan(this.cursor);
    expect(turn.to).toBeLessThanOrEqual(slice.at(-1)!.seq);
    const passed = Array.from({ length: turn.to - this.cursor }, (_, i) => this.read(this.cursor + 1 + i));
    // Exactly what the channel wants of what the cursor passes, in order, and nothing else.
    const wanted = passed.filter((e) => this.wants(e, filter));
    const entries = turn.type === "push" ? turn.entries : [];
    expect(entries).toEqual(wanted.map((e) => e.seq));
    // And what it would have wanted, had it come in time, is written down.
    const late = passed.filter((e) => this.means(e, filter) && this.stale(e)).map((e) => e.seq);
    expect(turn.type === "missed" ? turn.entries : []).toEqual(late);
    if (turn.type === "push") {
      expect(entries.length).toBeGreaterThan(0);
      expect(entries.length).toBeLessThanOrEqual(batch);
      expect(new Set(wanted.map((e) => e.kind)).size).toBe(1);
      expect(wanted.some((e) => e.stopped)).toBe(false);
    }
    for (const e of wanted) if (e.kind === "published") this.told.add(e.postId);
    this.sent.push(...entries);
    this.cursor = turn.to;
  }

  take(step: Step, filter: Filter, batch: number): void {
    const posts = this.entries.filter((e) => e.kind === "published");
    switch (step.do) {
      case "publish":
        this.append("published", {
          postId: this.entries.length + 1,
          publication: PUBLICATIONS[step.publication % 2]!,
          column: COLUMNS[step.column % 3]!,
          unit: UNITS[step.unit % 3]!,
          original: step.original,
        });
        return;
      case "correct":
      case "recall": {
        const post = posts[step.post % Math.max(1, posts.length)];
        if (!post || this.recalled.has(post.postId)) return;
        if (step.do === "recall") this.recalled.add(post.postId);
        this.append(step.do === "recall" ? "recalled" : "corrected", post);
        return;
      }
      case "wait":
        this.now += step.ms;
        return;
      case "stop": {
        const name = PUBLICATIONS[step.publication % 2]!;
        if (!this.stopped.delete(name)) this.stopped.add(name);
        return;
      }
      case "poll":
        this.poll(filter, batch, this.slice(step.window, step.others));
    }
  }
}

describe("a channel's life", () => {
  it("each entry that it wants comes once, in order, one kind a push; nothing else does; it always catches up", () => {
    const seen = { push: 0, skip: 0, missed: 0, blocked: 0, nothing: 0, recalls: 0, corrections: 0 };
    fc.assert(
      fc.property(
        filter,
        fc.integer({ min: 1, max: 8 }),
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (filter, batch, steps, window) => {
          const world = new World();
          for (const one of steps) world.take(one, filter, batch);
          // Every stop ends; then the channel catches up in so many steps as there are entries.
          world.stopped.clear();
          for (let left = world.entries.length + 1; left > 0; left--)
            world.poll(filter, batch, world.slice(window, []));
          expect(world.cursor).toBe(world.entries.length);
          expect(world.sent.toSorted((a, b) => a - b)).toEqual(world.sent);
          expect(new Set(world.sent).size).toBe(world.sent.length);
          // Nobody hears of the end, or the change, of what they never had.
          const had = new Set<number>();
          for (const seq of world.sent) {
            const e = world.entries[seq - 1]!;
            if (e.kind === "published") had.add(e.postId);
            expect(had.has(e.postId)).toBe(true);
            if (e.kind === "recalled") seen.recalls += 1;
            if (e.kind === "corrected") seen.corrections += 1;
          }
          for (const type of ["push", "skip", "missed", "blocked", "nothing"] as const)
            seen[type] += world.counts[type];
        },
      ),
      { numRuns: 1000 },
    );
    // A life in which nothing happened would prove nothing.
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
  });

  it("whoever got a post hears of its recall, whatever came between, unless the filter or time says no", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 40 }), nat, (batch, steps, post) => {
        const world = new World();
        world.take({ do: "publish", publication: 0, column: 0, unit: 0, original: true }, ALL, batch);
        world.poll(ALL, batch, world.slice(20, []));
        expect(world.told.has(1)).toBe(true);
        for (const one of steps) if (one.do !== "wait" && one.do !== "recall") world.take(one, ALL, batch);
        world.take({ do: "recall", post: 0 }, ALL, batch);
        const recall = world.entries.length;
        world.take({ do: "publish", publication: post, column: 0, unit: 0, original: true }, ALL, batch);
        world.stopped.clear();
        for (let left = world.entries.length + 1; left > 0; left--) world.poll(ALL, batch, world.slice(20, []));
        expect(world.sent).toContain(recall);
      }),
    ));
});

describe("what may still be sent of a frozen delivery", () => {
  it.each<[string, Partial<Entry>, boolean]>([
    ["a live post", {}, true],
    ["a post recalled since", { recalled: true }, false],
    ["a correction", { kind: "corrected" }, true],
    ["a correction of what was recalled since", { kind: "corrected", recalled: true }, false],
    ["a recall", { kind: "recalled", recalled: true }, true],
    ["the last moment", { at: NOW - 999 }, true],
    ["stale", { at: NOW - 1000 }, false],
    ["a stale recall", { kind: "recalled", recalled: true, at: NOW - 1000 }, false],
    ["a stopped publication is not for this to decide", { stopped: true }, true],
  ])("%s: %j → %s", (_, more, expected) => {
    expect(sendable([entry(1, more)], 1000, NOW)).toHaveLength(expected ? 1 : 0);
  });

  it("keeps the order of the rest", () => {
    const rest = sendable(wire({}, { recalled: true }, {}, { at: NOW - 2000 }, {}), 1000, NOW);
    expect(rest.map((e) => e.seq)).toEqual([1, 3, 5]);
    expect(sendable([], 1000, NOW)).toEqual([]);
  });
});

describe("gathering", () => {
  const holds = (at: number) => (at < NOW ? NOW + 500 : null);
  const slice = wire({ at: NOW - 5 }, { at: NOW - 4 }, { at: NOW }, { at: NOW - 3, kind: "recalled", postId: 9 });
  it("waits with posts of a time that its kind gathers, and with what comes after them", () => {
    expect(owed(channel({ holds }), slice, anyone, NOW)).toEqual({ type: "wait", until: NOW + 500 });
    expect(owed(channel({ cursor: 2, holds }), slice, anyone, NOW)).toEqual({ type: "push", to: 3, entries: [3] });
  });
  it("holds no recall or correction back", () => {
    expect(owed(channel({ cursor: 3, holds }), slice, anyone, NOW)).toEqual({ type: "push", to: 4, entries: [4] });
  });
});
