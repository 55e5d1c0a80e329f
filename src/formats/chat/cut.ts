import type { Block } from "../flat.ts";
import { type Run, runLength, runText } from "../runs.ts";

const graphemes = new Intl.Segmenter("zh", { granularity: "grapheme" });
const ELLIPSIS = "…";

/** How many bytes a text has in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Each half of a surrogate pair is one of four bytes' two units.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** How many bytes a text has within a JSON string in UTF-8. */
export function jsonTextLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
    // What JSON escapes: quotes, backslashes and controls, some by a letter and the others as four digits.
    else if (unit === 0x22 || unit === 0x5c) bytes++;
    else if (unit < 0x20) bytes += unit >= 0x08 && unit <= 0x0d && unit !== 0x0b ? 1 : 5;
  }
  return bytes;
}

/** How many bytes a value has as JSON in UTF-8. */
export const jsonLength = (value: unknown): number => utf8Length(JSON.stringify(value));

/** How many code points a text has. */
export function codePoints(text: string): number {
  let points = 0;
  for (const _ of text) points++;
  return points;
}

/** How many UTF-16 units a text has. */
export const utf16Length = (text: string): number => text.length;

const boundary = (text: string, at: number): number =>
  at >= text.length ? text.length : (graphemes.segment(text).containing(at)?.index ?? 0);

/** The largest number from 0 to `most` that `fits`, which holds up to some number and not beyond. */
function largest(most: number, fits: (n: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The text, or its start and `…`, at most `limit` by `cost` and never inside a grapheme. */
export function cutText(text: string, limit: number, cost: (text: string) => number = utf16Length): string {
  if (cost(text) <= limit) return text;
  const start = (n: number): string => `${text.slice(0, boundary(text, n)).trimEnd()}${ELLIPSIS}`;
  return start(largest(Math.min(text.length, limit), (n) => cost(start(n)) <= limit));
}

function startOf(runs: readonly Run[], units: number): Run[] {
  const end = boundary(runText(runs), units);
  const kept: Run[] = [];
  let at = 0;
  for (const run of runs) {
    const text = run.text.slice(0, Math.max(0, end - at));
    if (text !== "") kept.push({ ...run, text });
    at += run.text.length;
  }
  return kept;
}

/** How many places a block can be cut at: UTF-16 units of its text, rows of a table. */
function sizeOf(block: Block): number {
  switch (block.kind) {
    case "text":
    case "heading":
      return runLength(block.runs);
    case "code":
      return block.text.length;
    case "table":
      return block.rows.length;
    default:
      return 0;
  }
}

/** The start of a block; null when nothing of it is left. */
function headOf(block: Block, size: number): Block | null {
  switch (block.kind) {
    case "text":
    case "heading": {
      const runs = startOf(block.runs, size);
      return runText(runs).trim() === "" ? null : { ...block, runs: [...runs, { text: ELLIPSIS }] };
    }
    case "code": {
      const text = block.text.slice(0, boundary(block.text, size));
      return text.trim() === "" ? null : { ...block, text: text + ELLIPSIS };
    }
    case "table":
      return size === 0 ? null : { ...block, rows: block.rows.slice(0, size) };
    default:
      return null;
  }
}

/** How a text is counted, and what one UTF-16 unit of it costs at most. */
export type Measure = { readonly of: (text: string) => number; readonly unit: number };
export const UTF16: Measure = { of: utf16Length, unit: 1 };
export const UTF8: Measure = { of: utf8Length, unit: 3 };
export const JSON_TEXT: Measure = { of: jsonTextLength, unit: 6 };

/**
 * How a medium writes a block after the one before it (null: it shows nothing), and what that costs of each limit:
 * exactly, and at most, which is quick to tell.
 */
type Writing<Part> = {
  write(block: Block, previous: Block | null): Part | null;
  cost(part: Part): readonly number[];
  atMost(part: Part): readonly number[];
};

const affords = (left: readonly number[], prices: readonly number[]): boolean =>
  prices.every((price, index) => price <= (left[index] ?? 0));

function spend(left: number[], prices: readonly number[]): void {
  for (let index = 0; index < left.length; index++) left[index] = (left[index] ?? 0) - (prices[index] ?? 0);
}

/**
 * What is left of each limit. To count a text takes about as long as to write it, so parts are only counted once they
 * might not fit: most articles are far below every limit.
 */
class Room<Part> {
  readonly #writing: Writing<Part>;
  readonly #left: number[];
  #leftAtLeast: number[];
  #uncounted: Part[] = [];

  constructor(writing: Writing<Part>, limits: readonly number[]) {
    this.#writing = writing;
    this.#left = [...limits];
    this.#leftAtLeast = [...limits];
  }

  /** No more UTF-16 units than these fit. */
  get units(): number {
    return this.#left[0] ?? 0;
  }

  /** Whether a part fits; if so, it has its room. */
  take(part: Part): boolean {
    const most = this.#writing.atMost(part);
    if (affords(this.#leftAtLeast, most)) {
      spend(this.#leftAtLeast, most);
      this.#uncounted.push(part);
      return true;
    }
    this.#count();
    const price = this.#writing.cost(part);
    if (!affords(this.#left, price)) return false;
    spend(this.#left, price);
    this.#leftAtLeast = [...this.#left];
    return true;
  }

  /** Whether a part would fit. */
  has(part: Part): boolean {
    this.#count();
    return affords(this.#left, this.#writing.cost(part));
  }

  #count(): void {
    for (const part of this.#uncounted) spend(this.#left, this.#writing.cost(part));
    this.#leftAtLeast = [...this.#left];
    this.#uncounted = [];
  }
}

/** What is written of the longest start of a block, of at most `units`, that `written` has no null for; null: of none. */
function longestStart<Part>(block: Block, units: number, written: (head: Block) => Part | null): Part | null {
  const start = (size: number): Part | null => {
    const head = headOf(block, size);
    return head && written(head);
  };
  const most = Math.max(0, Math.min(sizeOf(block) - 1, units));
  // What is written of a shorter start is shorter but for a mark or two: one that fits is near.
  for (let size = largest(most, (n) => start(n) !== null); size > 0; size--) {
    const part = start(size);
    if (part !== null) return part;
  }
  return null;
}

/**
 * As many blocks as fit into `limits`, the last one cut if need be: at a grapheme, a table after a row. The first of the
 * limits must cost one a UTF-16 unit at least. Nothing is cut after it is written, so no escape, pair or entity can be;
 * and nothing is written of what could not fit anyway.
 */
export function fitBlocks<Part>(
  blocks: readonly Block[],
  writing: Writing<Part>,
  limits: readonly number[],
): { parts: Part[]; whole: boolean } {
  const room = new Room(writing, limits);
  let previous: Block | null = null;
  const parts: Part[] = [];
  for (const block of blocks) {
    const over = sizeOf(block) > room.units;
    const part = over ? null : writing.write(block, previous);
    if (part === null && !over) continue;
    if (part === null || !room.take(part)) {
      const before = previous;
      const head = longestStart(block, room.units, (start) => {
        const written = writing.write(start, before);
        return written !== null && room.has(written) ? written : null;
      });
      return { parts: head === null ? parts : [...parts, head], whole: false };
    }
    parts.push(part);
    previous = block;
  }
  return { parts, whole: true };
}

/** One message of several posts: the first `count` of them are in it, the others are for the next message. */
export type Several<Message> = { readonly message: Message; readonly count: number };

/** As many posts as one message takes, at most `most` and at least one. */
export function fitSeveral<Item, Message>(
  items: readonly Item[],
  most: number,
  make: (items: readonly Item[]) => Message,
  fits: (message: Message) => boolean,
): Several<Message> {
  let fitted: Several<Message> = { message: make(items.slice(0, 1)), count: Math.min(1, items.length) };
  for (let count = 2; count <= Math.min(items.length, most); count++) {
    const message = make(items.slice(0, count));
    if (!fits(message)) break;
    fitted = { message, count };
  }
  return fitted;
}
