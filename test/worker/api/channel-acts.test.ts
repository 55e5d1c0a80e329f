/** New secrets, tests, replays and the ledger over HTTP. */
import { describe, expect, it } from "vitest";
import { api, expectProblem, expectStatus, expectUnwritten } from "../helpers/api.ts";

interface Channel {
  id: string;
  rev: number;
  secret?: string;
  public_key?: string;
  config: Record<string, unknown>;
}

const create = async (config: object = {}): Promise<Channel> => {
  const body = { kind: "webhook", config: { url: "https://hooks.county-partner.cn/in", ...config } };
  return expectStatus(await api<Channel>("POST", "/channels", { body }), 201);
};
const act = <Body = Channel>(channel: Channel, name: string, body: unknown = {}) =>
  api<Body>("POST", `/channels/${channel.id}/${name}`, { body });

describe("rotate-secret", () => {
  it("shows the new secret this once", async () => {
    const channel = await create();
    const rotated = expectStatus(await act(channel, "rotate-secret"), 200);
    expect(rotated.secret).toMatch(/^whsec_/);
    expect(rotated).toMatchObject({ id: channel.id, rev: channel.rev + 1 });
    expect(rotated.secret).not.toBe(channel.secret);
    const seen = await api<Channel>("GET", `/channels/${channel.id}`);
    expect(seen.text).not.toContain(rotated.secret!.slice(6));
  });
  it.each([{ overlap_hours: 169 }, { overlap_hours: -1 }, { overlap_hours: 1.5 }, { overlap: 1 }])(
    "takes no %j",
    async (body) => {
      const channel = await create();
      await expectUnwritten(async () => expectProblem(await act(channel, "rotate-secret", body), 422));
    },
  );
  it("is not for a kind that signs nothing", async () => {
    const inbox = expectStatus(await api<Channel>("POST", "/channels", { body: { kind: "inbox" } }), 201);
    await expectUnwritten(async () => expectProblem(await act(inbox, "rotate-secret"), 409));
  });
});

describe("a channel that signs with a key pair", () => {
  it("shows its public half always, its private half never, and keeps its scheme", async () => {
    const channel = await create({ signature: "v1a" });
    expect(channel.secret).toBeUndefined();
    expect(channel.public_key).toMatch(/^whpk_/);
    const rotated = expectStatus(await act(channel, "rotate-secret"), 200);
    expect(rotated.secret).toBeUndefined();
    expect(rotated.public_key).toMatch(/^whpk_/);
    expect(rotated.public_key).not.toBe(channel.public_key);
    const patch = await api("PATCH", `/channels/${channel.id}`, {
      body: { config: { signature: "v1" } },
      headers: { "if-match": `"${rotated.rev}"` },
    });
    expectProblem(patch, 422, "config.signature");
  });
});

describe("replay", () => {
  it.each([
    [{}, "from_seq"],
    [{ from_seq: 1, post_ids: ["x"] }, "from_seq"],
    [{ from_seq: 0 }, "from_seq"],
    [{ from_seq: 3, to_seq: 2 }, "to_seq"],
    [{ to_seq: 2 }, "to_seq"],
    [{ post_ids: [] }, "post_ids"],
    [{ missed_since: "yesterday" }, "missed_since"],
    [{ from_seq: "1" }, "from_seq"],
  ])("%j is refused, naming %s", async (body, field) => {
    const channel = await create();
    await expectUnwritten(async () => expectProblem(await act(channel, "replay", body), 422, field));
  });
  it("of nothing is an empty answer", async () => {
    const channel = await create();
    const answer = expectStatus(await act<object>(channel, "replay", { from_seq: 900_000 }), 201);
    expect(answer).toEqual({ deliveries: [], left_out: [], more: false });
  });
});

describe("test", () => {
  it("is a delivery that can be read, apart from the channel's own", async () => {
    const channel = await create();
    const made = expectStatus(await act<{ id: string; outcome: string }>(channel, "test"), 201);
    expect(made.id).toMatch(new RegExp(`^${channel.id}_t\\d+$`));
    expect(made.outcome).toBe("retry");
    expect(expectStatus(await api("GET", `/deliveries/${made.id}`), 200)).toEqual(made);
    const asked = await api("GET", `/channels/${channel.id}/deliveries?lane=asked`);
    expect(expectStatus(asked, 200)).toEqual({ items: [made], next: null });
    const live = await api("GET", `/channels/${channel.id}/deliveries`);
    expect(expectStatus(live, 200)).toEqual({ items: [], next: null });
    expectProblem(await act(channel, "test"), 429);
    expectProblem(await api("GET", `/deliveries/${made.id.replace("_t", "_r")}`), 404);
  });
});
