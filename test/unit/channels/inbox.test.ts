import { describe, expect, it } from "vitest";
import { inbox } from "../../../src/channels/inbox.ts";
import type { Reply } from "../../../src/channels/kind.ts";
import { item } from "./items.ts";

describe("the demo inbox", () => {
  it("keeps a digest of entries, without their texts", () => {
    const text = (): never => expect.unreachable("an inbox shows summaries");
    const entries = [item({ text }), item({ seq: 13, kind: "recalled", note: "撤回", text })];
    const shown = entries.map(
      ({ text: _text, feed: _feed, manuscript: _manuscript, publicationName: _name, ...rest }) => rest,
    );
    expect(JSON.parse(inbox.compose(entries, {}))).toEqual(shown);
    expect(inbox.wants({})).toBe("summary");
  });

  it("goes nowhere: no address, no signature, no secret", () => {
    const outgoing = inbox.request("[]", {}, { id: "a_1", now: 0, wall: 0 });
    expect(outgoing).toEqual({ transport: "inbox", url: "inbox", headers: {}, body: "[]" });
    expect([inbox.address, inbox.signs, inbox.secrets]).toEqual([null, null, []]);
  });

  it.each<[Reply, string]>([
    [{ type: "response", status: 200, headers: {}, body: "" }, "accepted"],
    [{ type: "response", status: 503, headers: {}, body: "" }, "retry"],
    [{ type: "timeout" }, "unknown"],
    [{ type: "network", why: "away" }, "unknown"],
    [{ type: "refused", why: "no" }, "retry"],
  ])("%j is %s", (reply, type) => {
    expect(inbox.judge(reply)).toMatchObject({ type });
  });

  it.each([[{ url: "https://x.example.com" }], [[]], ["inbox"], [null]])("has nothing to configure: %j", (config) => {
    expect(inbox.config.safeParse(config).success).toBe(false);
    expect(inbox.config.safeParse({}).success).toBe(true);
  });
});
