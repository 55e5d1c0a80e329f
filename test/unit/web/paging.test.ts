import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageOf, positionOf } from "../../../src/web/api/paging.ts";

const id = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const self = (n: number) => n;

describe("cursors", () => {
  it("lead back to the row they were given for, and are safe in an address", () =>
    fc.assert(
      fc.property(id, (n) => {
        const { next } = pageOf([n, 0], 1, self, self);
        expect(next).toMatch(/^[0-9a-z]{1,40}$/);
        expect(positionOf(next!, -1)).toBe(n);
      }),
    ));

  it.each([0, 7, Number.MAX_SAFE_INTEGER])("without one a list begins at its start: %i", (start) => {
    expect(positionOf(undefined, start)).toBe(start);
  });

  it.each([
    "",
    "c",
    "12",
    "C12",
    "c-1",
    "c 1",
    "c1 ",
    "c1\n",
    "c1.5",
    "cZ",
    "c１",
    "null",
    "undefined",
    "c0x1f%",
    "czzzzzzzzzzz",
    "c2gosa7pa2gw",
    "c000000000000",
    "c1;DROP TABLE articles",
    `c${"1".repeat(40)}`,
  ])("%j was never given out: 422 for the field cursor", (cursor) => {
    expect(() => positionOf(cursor, 0)).toThrow(
      expect.objectContaining({
        name: "Problem",
        status: 422,
        errors: [expect.objectContaining({ field: "cursor" })],
      }) as Error,
    );
  });
});

describe("pages", () => {
  it.each<[string, number[], number, number[], boolean]>([
    ["an empty list", [], 20, [], false],
    ["less than a page", [1, 2], 3, [1, 2], false],
    ["just a page", [1, 2, 3], 3, [1, 2, 3], false],
    ["more than a page", [1, 2, 3, 4], 3, [1, 2, 3], true],
  ])("%s", (_, rows, limit, items, more) => {
    const page = pageOf(rows, limit, self, self);
    expect(page.items).toEqual(items);
    expect(page.next !== null).toBe(more);
  });

  it("shows rows through the view and goes on after the last one shown", () => {
    const rows = [
      { id: 40, uid: "a" },
      { id: 36, uid: "b" },
      { id: 9, uid: "c" },
    ];
    const page = pageOf(
      rows,
      2,
      (row) => row.id,
      (row) => ({ id: row.uid }),
    );
    expect(page).toEqual({ items: [{ id: "a" }, { id: "b" }], next: "c10" });
  });

  it("read one after the other give the whole list once, also while it grows at its head", () =>
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (ids, limit) => {
        // Newest first, as the lists of articles and posts are read: ids before the cursor.
        const list = ids.toSorted((a, b) => b - a);
        const seen: number[] = [];
        let cursor: string | undefined;
        for (let pages = 0; pages <= ids.length; pages++) {
          const before = positionOf(cursor, Infinity);
          const rows = list.filter((n) => n < before).slice(0, limit + 1);
          const page = pageOf(rows, limit, self, self);
          seen.push(...page.items);
          if (page.next === null) break;
          expect(page.items).toHaveLength(limit);
          cursor = page.next;
          list.unshift((list[0] ?? 0) + 1);
        }
        expect(seen).toEqual(ids.toSorted((a, b) => b - a));
      }),
    ));
});
