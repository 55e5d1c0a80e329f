import { afterEach, describe, expect, it, vi } from "vitest";
import { failureOf, isDuplicate, row, rows, type Statement } from "../../../src/platform/d1.ts";
import { log, logFault } from "../../../src/platform/log.ts";
import { conflict, invalid, notFound, Problem, stale } from "../../../src/platform/problem.ts";

describe("D1 failures", () => {
  it.each([
    // The database never began: repeating is safe for anything.
    ["D1_ERROR: D1 DB is overloaded. Requests queued for too long.", "rejected"],
    ["D1_ERROR: D1 DB is overloaded. Too many requests queued.", "rejected"],
    ["D1_ERROR: Too many requests queued", "rejected"],
    ["D1_ERROR: Your account has exceeded D1's daily row read limit", "rejected"],
    // It may have committed: only what is guarded may be repeated.
    ["D1_ERROR: Network connection lost.", "ambiguous"],
    ["D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.", "ambiguous"],
    ["D1_ERROR: D1 DB's storage caused object to be reset.", "ambiguous"],
    ["D1_ERROR: D1 DB reset because its code was updated.", "ambiguous"],
    ["D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.", "ambiguous"],
    ["D1_ERROR: internal error; reference = 8h2k", "ambiguous"],
    ["D1_ERROR: database is locked: SQLITE_BUSY", "ambiguous"],
    // Our own mistake, or the data's: the same again.
    ["D1_ERROR: no such table: articles: SQLITE_ERROR", "defect"],
    ["D1_ERROR: UNIQUE constraint failed: articles.uid: SQLITE_CONSTRAINT", "defect"],
    ['D1_ERROR: near "SELCT": syntax error at offset 0', "defect"],
    ["Cannot read properties of undefined (reading 'id')", "defect"],
    ["", "defect"],
  ])("%s → %s", (message, expected) => {
    expect(failureOf(new Error(message))).toBe(expected);
  });

  it("looks behind the error that wraps it", () => {
    const cause = new Error("D1_ERROR: Network connection lost.");
    expect(failureOf(new Error("D1_ERROR", { cause }))).toBe("ambiguous");
    expect(failureOf(new Error("read failed", { cause: new Error("D1_ERROR", { cause }) }))).toBe("ambiguous");
  });

  it("counts an overload that is reported with a reset as not run", () => {
    const cause = new Error("D1 DB is overloaded. Requests queued for too long.");
    expect(failureOf(new Error("D1_ERROR", { cause }))).toBe("rejected");
  });

  it.each([["Network connection lost."], [null], [undefined], [{ message: "Network connection lost." }]])(
    "what is not an error (%j) is a defect",
    (thrown) => {
      expect(failureOf(thrown)).toBe("defect");
    },
  );

  it.each([
    [new Error("D1_ERROR: UNIQUE constraint failed: requests.principal, requests.key: SQLITE_CONSTRAINT"), true],
    [new Error("D1_ERROR: CHECK constraint failed: quota >= 0"), false],
    [new Error("D1_ERROR: FOREIGN KEY constraint failed"), false],
    ["UNIQUE constraint failed", false],
  ])("%s: a duplicate? %s", (error, expected) => {
    expect(isDuplicate(error)).toBe(expected);
  });
});

describe("D1 rows", () => {
  const statement = (...results: unknown[]) => ({ all: () => Promise.resolve({ results }) }) as unknown as Statement;

  it("gives all rows in order", async () => {
    expect(await rows(statement({ n: 2 }, { n: 1 }))).toEqual([{ n: 2 }, { n: 1 }]);
  });
  it("gives the first row, null for none", async () => {
    expect(await row(statement({ n: 2 }, { n: 1 }))).toEqual({ n: 2 });
    expect(await row(statement())).toBeNull();
  });
});

describe("problems", () => {
  it.each([
    [
      invalid("quota", "must be a number"),
      422,
      "quota: must be a number",
      [{ field: "quota", message: "must be a number" }],
    ],
    [notFound("article", "abc"), 404, "There is no article “abc”.", []],
    [conflict("It is published."), 409, "It is published.", []],
  ])("%s", (problem, status, detail, errors) => {
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status, message: detail, errors, headers: {} });
    expect(problem.title).not.toBe("");
  });

  it("a stale revision tells the current one, in words and as ETag", () => {
    const problem = stale(7);
    expect(problem).toMatchObject({ status: 412, headers: { etag: '"7"' } });
    expect(problem.message).toContain("revision 7");
  });
});

describe("the log", () => {
  const written = () => vi.mocked(console.log).mock.calls.map(([line]) => line as string);
  afterEach(() => void vi.restoreAllMocks());

  it("writes one line of JSON, whatever the texts in it", () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    log("tick", { late: 3, note: "two\nlines \u2028 and “quotes”" });
    expect(written()).toHaveLength(1);
    expect(written()[0]).not.toContain("\n");
    expect(JSON.parse(written()[0]!)).toEqual({ event: "tick", late: 3, note: "two\nlines \u2028 and “quotes”" });
  });

  it.each([
    [new TypeError("fetch failed"), "TypeError: fetch failed"],
    ["a text", "a text"],
    [null, "null"],
    [undefined, "undefined"],
  ])("tells a fault %s by name and message, without the stack", (thrown, error) => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    logFault("queue.send", thrown);
    expect(written().map((line) => JSON.parse(line) as unknown)).toEqual([
      { event: "fault", where: "queue.send", error },
    ]);
  });
});
