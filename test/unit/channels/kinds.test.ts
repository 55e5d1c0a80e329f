import { describe, expect, it } from "vitest";
import { KIND_NAMES, kindOf } from "../../../src/channels/index.ts";
import type { Reply } from "../../../src/channels/kind.ts";

describe("the list of kinds", () => {
  it("finds each by its name, and nothing else", () => {
    expect(KIND_NAMES).toEqual(expect.arrayContaining(["webhook", "inbox"]));
    expect(new Set(KIND_NAMES).size).toBe(KIND_NAMES.length);
    for (const name of ["", "Webhook", "toString", "__proto__", "constructor"]) expect(kindOf(name)).toBeUndefined();
  });

  describe.each(KIND_NAMES)("%s", (name) => {
    const kind = kindOf(name)!;

    it("is itself", () => expect(kind.name).toBe(name));

    it("sends something, in a time that a lease allows, and no more than a run reads", () => {
      expect(kind.limits.batch).toBeGreaterThanOrEqual(1);
      expect(kind.limits.batch).toBeLessThan(kind.limits.reach ?? 20);
      expect(kind.limits.deadline).toBeGreaterThan(0);
      expect(kind.limits.deadline).toBeLessThanOrEqual(45_000);
    });

    it("has its address among its secrets, if it has one", () => {
      expect(kind.address === null || kind.secrets.includes(kind.address)).toBe(true);
    });
  });
});

// A kind of several calls judges within its steps, and its own tests say how.
const judges = KIND_NAMES.flatMap((name) => {
  const kind = kindOf(name)!;
  return "judge" in kind ? [{ name, judge: kind.judge }] : [];
});

describe.each(judges)("the judgement of $name", ({ judge }) => {
  it.each<Reply>([
    { type: "timeout" },
    { type: "network", why: "lost" },
    { type: "refused", why: "private" },
    { type: "response", status: 500, headers: {}, body: "" },
  ])("never takes %j for success, for the end, or for the message's fault", (reply) => {
    expect(["retry", "unknown"]).toContain(judge(reply).type);
  });
});

describe("Feishu", () => {
  const at = (time: string) => Date.parse(`2026-11-23T${time}+08:00`);
  it.each([
    ["08:30:00", "08:30:30"],
    ["09:00:29", "09:00:30"],
    ["08:30:30", null],
    ["08:29:59", null],
    ["08:45:00", null],
  ])("at %s waits until %s: its robots are crowded at full and half hours", (now, until) => {
    expect(kindOf("feishu")!.holds!({}, at(now), at(now))).toBe(until === null ? null : at(until));
  });
});
