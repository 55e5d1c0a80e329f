import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../src/delivery/addresses.ts";
import { readApiBases, rebased } from "../../../src/delivery/bases.ts";
import { dnsOverHttps } from "../../../src/delivery/resolve.ts";
import { judgeTarget } from "../../../src/delivery/target.ts";

describe("public addresses", () => {
  it.each(["8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.0", "100.63.0.1", "2606:4700::1", "::ffff:8.8.8.8"])(
    "%s is one",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
  it.each([
    ..."0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1".split(" "),
    ..."192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255".split(" "),
    ...":: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1".split(" "),
    ..."2001:db8::1 2002:7f00:1:: fc00::1 fd12::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 4000::1 5f00::1".split(" "),
    ..."localhost 8.8.8.8. 1.2.3 010.8.8.8 0x8.8.8.8 8.8.8.8/8 [::1]".split(" "),
    "",
    " 8.8.8.8",
  ])("%j is none", (address) => expect(isPublicAddress(address)).toBe(false));

  it("an IPv4 address is judged the same inside IPv6", () =>
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
      }),
    ));
});

describe("looking a name up", () => {
  const record = (type: number, data: string, TTL = 60) => ({ name: "a.cn", type, TTL, data });
  function resolver(answers: (type: string) => Response | Error) {
    const asked: string[] = [];
    const clock = { now: 0 };
    const resolve = dnsOverHttps(
      async (url) => {
        const type = new URL(url).searchParams.get("type") ?? "";
        asked.push(type);
        const answer = answers(type);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      () => clock.now,
    );
    return { resolve, asked, clock };
  }
  const found = (type: string) =>
    Response.json({
      Status: 0,
      Answer: [record(5, "b.cn."), type === "A" ? record(1, "8.8.8.8") : record(28, "2606:4700::1")],
    });

  it("gives both sorts, aliases aside", async () =>
    expect(await resolver(found).resolve("a.cn")).toEqual(["8.8.8.8", "2606:4700::1"]));
  it("gives none for a name that does not exist", async () =>
    expect(await resolver(() => Response.json({ Status: 3 })).resolve("a.cn")).toEqual([]));
  it.each([
    ["the resolver refuses", () => new Response("", { status: 503 })],
    ["the name's servers fail", () => Response.json({ Status: 2 })],
    ["the answer is no JSON", () => new Response("<html>")],
    ["the answer has another form", () => Response.json({ Status: 0, Answer: "x" })],
    ["nobody answers", () => new Error("Network connection lost.")],
    ["one of the two fails", (type: string) => (type === "A" ? found(type) : new Response("", { status: 500 }))],
  ])("throws when %s", async (_, answers) => {
    await expect(resolver(answers).resolve("a.cn")).rejects.toThrow(/./);
  });
  it("remembers for as long as the records last, five minutes at most", async () => {
    const { resolve, asked, clock } = resolver(found);
    await resolve("a.cn");
    clock.now = 59_000;
    await resolve("a.cn");
    expect(asked).toHaveLength(2);
    clock.now = 61_000;
    await resolve("a.cn");
    expect(asked).toHaveLength(4);
  });
});

describe("judging where a name leads", () => {
  const rules = { own: ["kanfa.cn"], allowPrivate: false };
  const leading = (...addresses: string[]) => judgeTarget("https://hooks.a.cn/x", rules, async () => addresses);

  it("allows public addresses only", async () => {
    expect(await leading("8.8.8.8", "2606:4700::1")).toEqual({ type: "allowed" });
    for (const addresses of [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "fd00::1"], []])
      expect(await leading(...addresses)).toMatchObject({
        type: "refused",
        why: expect.stringContaining("public addresses"),
      });
  });
  it("is unsure when nobody can say", async () => {
    const verdict = judgeTarget("https://hooks.a.cn/x", rules, () => Promise.reject(new Error("SERVFAIL")));
    expect(await verdict).toMatchObject({ type: "unsure" });
  });
  it("keeps a kind to its own hosts, and looks those up for nobody", async () => {
    const slack = { ...rules, hosts: ["hooks.slack.com"] };
    const never = () => Promise.reject(new Error("asked"));
    expect(await judgeTarget("https://hooks.slack.com/services/x", slack, never)).toEqual({ type: "allowed" });
    expect(await judgeTarget("https://hooks.slack.com.evil.cn/x", slack, never)).toMatchObject({ type: "refused" });
    expect(await judgeTarget("https://a.cn/x", slack, never)).toMatchObject({ why: "must be on hooks.slack.com" });
  });
});

describe("relays", () => {
  it.each([
    ["https://api.a.cn/x/y?k=1", "https://relay.cn", "https://relay.cn/x/y?k=1"],
    ["https://api.a.cn/x/y?k=1#z", "http://localhost:9/wecom/", "http://localhost:9/wecom/x/y?k=1"],
  ])("%s at %s", (address, base, expected) => expect(rebased(address, base)).toBe(expected));

  it("are read from JSON, with plain words for anything else", () => {
    expect(readApiBases(undefined)).toEqual({});
    expect(readApiBases('{"wecom":"https://relay.cn"}')).toEqual({ wecom: "https://relay.cn" });
    for (const json of ["x", "[]", '{"wecom":1}', '{"wecom":"ftp://x"}', '"x"'])
      expect(() => readApiBases(json)).toThrow(/^KANFA_API_BASES/);
  });
});
