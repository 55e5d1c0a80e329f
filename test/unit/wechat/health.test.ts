import { describe, expect, it } from "vitest";
import { accountConfig } from "../../../src/channels/wechat/account.ts";
import {
  callsOf,
  certificationNotice,
  classOf,
  ipStands,
  quotaNotice,
  type Seen,
  stands,
  summaryOf,
} from "../../../src/wechat/health/rules.ts";
import { forcedLeft } from "../../../src/wechat/client/token.ts";

const TODAY = "2026-11-23";
const seen = (more: Partial<Seen> = {}): Seen => ({
  error: null,
  refusedIp: null,
  reachedAt: 0,
  goodAt: 0,
  callback: null,
  ...more,
});
const error = (code: string, at = 100) => ({ code, class: classOf(code), words: "不行", next: "请改", at });

describe("a refusal", () => {
  it.each([
    ["40164", { reachedAt: 50 }, true],
    ["40164", { reachedAt: 101 }, false],
    ["89503", { reachedAt: 101 }, false],
    ["48001", { reachedAt: 101 }, true],
    ["48001", { goodAt: 101 }, false],
    ["53505", { reachedAt: 101, goodAt: 99 }, true],
    ["45009", {}, false],
    ["45003", {}, false],
    ["refused", {}, true],
  ])("%s with %j stands: %s", (code, more, expected) => {
    expect(stands(seen({ error: error(code), ...more }))).toBe(expected);
  });

  it("degrades the account while it stands, in words and with the next step", () => {
    expect(summaryOf(seen({ error: error("40164") }), undefined, TODAY)).toEqual({
      status: "degraded",
      why: ["不行。请改"],
    });
    expect(summaryOf(seen({ error: error("40164"), reachedAt: 101 }), undefined, TODAY).status).toBe("ok");
  });

  it("of an address is over once a call was answered", () => {
    const refusedIp = { ip: "203.0.113.7", code: "40164", at: 100 };
    expect(ipStands(seen({ refusedIp }))).toBe(true);
    expect(ipStands(seen({ refusedIp, reachedAt: 101 }))).toBe(false);
  });
});

describe("the certification", () => {
  it.each([
    ["2027-01-01", null],
    ["2026-12-24", null],
    ["2026-12-23", "certified:30"],
    ["2026-12-01", "certified:30"],
    ["2026-11-30", "certified:7"],
    ["2026-11-24", "certified:7"],
    ["2026-11-23", "certified:0"],
    ["2026-10-01", "certified:0"],
  ])("until %s: %s", (until, what) => {
    expect(certificationNotice("报", until, TODAY)?.what ?? null).toBe(what);
  });

  it("that is over degrades the account, on its last day it does not yet", () => {
    expect(summaryOf(seen(), TODAY, TODAY).status).toBe("ok");
    expect(summaryOf(seen(), "2026-11-22", TODAY)).toMatchObject({
      status: "degraded",
      why: [expect.stringContaining("2026-11-22")],
    });
    expect(certificationNotice("报", undefined, TODAY)).toBeNull();
  });
});

describe("allowances", () => {
  const config = (more: object = {}) =>
    accountConfig.parse({ app_id: "wx0123456789abcdef", mode: "certified", ...more });
  const quotas = (limit: number) => ({ "/cgi-bin/message/mass/sendall": { limit, used: 0, left: limit } });

  it.each([
    [3, 1, "1<3"],
    [1, 1, null],
    [1, 5, null],
    [0, 0, null],
  ])("of %i sends a day where the platform gives %i: %s", (mass_per_day, limit, about) => {
    expect(quotaNotice("报", config({ mass_per_day }), quotas(limit))?.about ?? null).toBe(about);
  });

  it("are asked of the calls that the account makes only", () => {
    expect(callsOf(config())).toContain("/cgi-bin/message/mass/sendall");
    expect(callsOf(config({ mode: "drafts" }))).not.toContain("/cgi-bin/freepublish/submit");
  });

  it("of forced refreshes are new each day", () => {
    const now = Date.parse("2026-11-23T00:30:00+08:00");
    expect(forcedLeft({ on: "2026-11-23", count: 20 }, now)).toBe(0);
    expect(forcedLeft({ on: "2026-11-22", count: 20 }, now)).toBe(20);
  });
});
