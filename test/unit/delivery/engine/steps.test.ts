/** Pushes of several calls: killed before and after every effect, they end once, and no call is made twice. */
import { describe, expect, it } from "vitest";
import type { AnyKind, StepsKind } from "../../../../src/channels/kind.ts";
import { Office } from "./office.ts";
import type { Fault } from "./office.ts";
import { plain, SLOW, STAGES, threefold } from "./kinds.ts";

const START = Date.parse("2026-11-23T08:30:00+08:00");

/** The platform: it remembers which calls it was asked for, and tells when asked. */
class Platform {
  readonly calls: string[] = [];
  readonly office: Office;

  constructor(office: Office) {
    this.office = office;
    office.endpoint = ({ url, method, id }) => {
      const call = `${id} ${url.split("/").at(-1)}`;
      if (method === "GET") return new Response(this.calls.includes(call) ? "yes" : "no");
      this.calls.push(call);
      return new Response("ok");
    };
  }
}

async function open(more: Parameters<typeof threefold>[1] = {}): Promise<{ office: Office; platform: Platform }> {
  const office = new Office([threefold("threefold", more)], START);
  await office.channel("c", "threefold");
  office.append("published");
  office.append("published");
  office.spoil(null);
  return { office, platform: new Platform(office) };
}

const ledger = (office: Office) =>
  office.rows<{ outcome: string; n: number; state: string | null; entries: string }>(
    "SELECT outcome, n, state, entries FROM deliveries",
  );

/** Messages and ticks as they come, the Worker starting again after each death. */
async function live(office: Office): Promise<void> {
  for (let i = 0; i < 3; i++) {
    try {
      await office.settle();
    } catch (error) {
      if (!(error instanceof Error && error.name === "Crash")) throw error;
    }
    office.spoil(null);
    office.now += 5 * 60_000;
  }
}

describe("a push of three calls", () => {
  it("makes each once, waits in between without a lease, and shows each in the ledger", async () => {
    const { office, platform } = await open();
    await office.tick();
    await office.drain();
    expect(platform.calls).toEqual(["c_0 create"]);
    expect(ledger(office)).toMatchObject([{ outcome: "pending", n: 1, entries: "[1,2]" }]);
    expect(office.value("SELECT lease_token FROM channels")).toBeNull();
    expect(office.value("SELECT due_at FROM channels")).toBe(START + SLOW);
    await office.settle();
    expect(platform.calls).toEqual(STAGES.map((stage) => `c_0 ${stage}`));
    expect(office.now).toBe(START + 2 * SLOW);
    expect(ledger(office)).toMatchObject([{ outcome: "accepted", n: 3, state: null }]);
    expect(office.rows("SELECT n, outcome, status FROM attempts")).toEqual([
      { n: 1, outcome: "pending", status: 200 },
      { n: 2, outcome: "pending", status: 200 },
    ]);
    expect(office.value("SELECT cursor FROM channels")).toBe(2);
  });

  it.each(["before", "after"] as const)("killed %s each effect, it ends once and no call is doubled", async (side) => {
    const whole = await open();
    await live(whole.office);
    const effects: string[] = [];
    const { office: counted } = await open();
    counted.spoil({ at: -1, what: "crash", side });
    await counted.settle();
    effects.push(...counted.effects);
    expect(effects.length).toBeGreaterThan(20);
    for (const [at, name] of effects.entries()) {
      const { office, platform } = await open();
      office.spoil({ at, what: "crash", side } satisfies Fault);
      await live(office);
      const where = `killed ${side} effect ${at}: ${name}`;
      expect(platform.calls, where).toEqual(STAGES.map((stage) => `c_0 ${stage}`));
      expect(ledger(office), where).toMatchObject([{ outcome: "accepted", state: null, entries: "[1,2]" }]);
      expect(office.value("SELECT cursor FROM channels"), where).toBe(2);
    }
  });

  it("a recall during a wait follows it, and does not stop it halfway", async () => {
    const { office, platform } = await open();
    await office.tick();
    await office.drain();
    office.append("recalled", 1);
    await office.settle();
    expect(platform.calls.map((call) => call.split(" ")[0])).toEqual(["c_0", "c_0", "c_0", "c_2", "c_2", "c_2"]);
    expect(ledger(office).map(({ entries, outcome }) => [entries, outcome])).toEqual([
      ["[1,2]", "accepted"],
      ["[3]", "accepted"],
    ]);
  });

  it("takes the call that failed again, not those before it", async () => {
    const { office, platform } = await open();
    const answers = office.endpoint;
    let down = 2;
    office.endpoint = (request) =>
      request.url.endsWith("publish") && down-- > 0 ? new Response("", { status: 500 }) : answers(request);
    await office.settle();
    expect(platform.calls).toEqual(STAGES.map((stage) => `c_0 ${stage}`));
    expect(office.rows("SELECT n, outcome FROM attempts")).toEqual([
      { n: 1, outcome: "pending" },
      { n: 2, outcome: "retry" },
      { n: 3, outcome: "retry" },
      { n: 4, outcome: "pending" },
    ]);
  });

  it("that never ends is ended, and the office is told", async () => {
    const { office } = await open({ most: 3 });
    office.endpoint = ({ method }) => new Response(method === "GET" ? "no" : "ok");
    const turning = threefold("threefold", {
      most: 3,
      next: (state, _answer, { now, id, config }) =>
        _answer === null
          ? {
              type: "request",
              state,
              outgoing: { transport: "http", url: `${config.url}/poll`, headers: { id }, body: "" },
            }
          : { type: "wait", state, until: now + SLOW },
    });
    (office.kinds as Map<string, unknown>).set("threefold", turning);
    await office.settle();
    expect(office.received).toHaveLength(3);
    expect(ledger(office)[0]).toMatchObject({ outcome: "rejected", state: null });
    expect(office.rows("SELECT kind FROM alerts")).toEqual([{ kind: "delivery.rejected" }]);
    expect(office.value("SELECT cursor FROM channels")).toBe(2);
  });

  it("of many calls in a row lets the others of its shard have their turn", async () => {
    const { office } = await open();
    const busy = threefold("threefold", {
      next: (state, answer, { id, config }) =>
        answer !== null && state.stage === 11
          ? { type: "done", verdict: { type: "accepted", why: "twelve" } }
          : {
              type: "request",
              state: { ...state, stage: state.stage + Number(answer !== null) },
              outgoing: { transport: "http", url: `${config.url}/n`, headers: { id }, body: "" },
            },
    });
    (office.kinds as Map<string, unknown>).set("threefold", busy);
    await office.tick();
    expect(office.queue).toHaveLength(1);
    expect(await office.drain()).toBe(3);
    expect(office.received).toHaveLength(12);
    expect(ledger(office)).toMatchObject([{ outcome: "accepted", n: 12 }]);
    expect(office.value("SELECT count(*) FROM attempts")).toBe(11);
  });

  it("keeps its state sealed where the kind says so, and no answer in the ledger", async () => {
    const { office } = await open({ sealed: true });
    await office.tick();
    await office.drain();
    const { state } = ledger(office)[0]!;
    expect(state).not.toContain("seqs");
    expect(office.value("SELECT excerpt FROM deliveries")).toBe("call 1: HTTP 200");
    await office.settle();
    expect(ledger(office)[0]).toMatchObject({ outcome: "accepted" });
  });

  it.each(["before", "after"] as const)(
    "with books of its own, killed %s each effect, asks until told",
    async (side) => {
      /** Asks whether it may call, calls, and writes down that it is through. */
      const asking = threefold("threefold", {
        next: (state, answer, { id, config }) => {
          const called = answer?.type === "response" ? 1 : state.stage;
          if (called === 1 && answer?.type === "told") return { type: "done", verdict: { type: "accepted", why: "" } };
          if (called === 1) return { type: "ask", state: { ...state, stage: 1 }, question: "it is through" };
          if (answer?.type !== "told") return { type: "ask", state, question: "may it?" };
          const outgoing = { transport: "http", url: `${config.url}/create`, headers: { id }, body: "" } as const;
          return { type: "request", state, outgoing };
        },
      });
      let died = true;
      let at = 0;
      for (; died; at++) {
        const { office, platform } = await open();
        (office.kinds as Map<string, unknown>).set("threefold", asking);
        const asked: string[] = [];
        office.books["threefold"] = ({ id }, question) =>
          office.effect("books", async () => void asked.push(`${id} ${String(question)}`));
        office.spoil({ at, what: "crash", side });
        died = await office.settle().then(
          () => false,
          () => true,
        );
        await live(office);
        const where = `${side} effect ${at}`;
        expect([...new Set(asked)], where).toEqual(["c_0 may it?", "c_0 it is through"]);
        expect([...new Set(platform.calls)], where).toEqual(["c_0 create"]);
        expect(ledger(office), where).toMatchObject([{ outcome: "accepted", state: null }]);
      }
      expect(at).toBeGreaterThan(10);
    },
  );

  it("whose books cannot be read waits, and calls nobody", async () => {
    const { office } = await open({
      next: (state, answer) =>
        answer?.type === "told"
          ? { type: "done", verdict: { type: "accepted", why: "" } }
          : { type: "ask", state, question: "may it?" },
    });
    await office.tick();
    await office.drain();
    expect([office.received, ledger(office)]).toMatchObject([[], [{ outcome: "pending", n: 0 }]]);
    office.books["threefold"] = async () => true;
    await office.settle();
    expect(ledger(office)).toMatchObject([{ outcome: "accepted", n: 0 }]);
  });
});

describe("a kind that cannot go on", () => {
  it("stops nobody else of its shard, forgets nothing, and goes on when it is mended", async () => {
    let broken = true;
    const whole = threefold("threefold") as unknown as StepsKind<unknown, { stage: number }>;
    const next: typeof whole.next = (state, answer, context) => {
      if (broken && (state.stage > 0 || (answer !== null && answer.type === "response")))
        throw new Error("turns in circles");
      return whole.next(state, answer, context);
    };
    const office = new Office([{ ...whole, next } as unknown as AnyKind, plain("one")], START);
    await office.channel("c", "threefold");
    await office.channel("d", "one");
    const platform = new Platform(office);
    for (let posts = 0; posts < 3; posts++) {
      office.append("published");
      await office.tick();
      await office.drain();
      office.now += 60_000;
    }
    expect(office.received.filter(({ uid }) => uid === "d")).toHaveLength(3);
    expect(platform.calls.filter((call) => call.startsWith("c"))).toEqual(["c_0 create"]);
    broken = false;
    await office.settle();
    expect(platform.calls.filter((call) => call.startsWith("c_0"))).toEqual(STAGES.map((stage) => `c_0 ${stage}`));
    expect(office.value("SELECT cursor FROM channels WHERE uid = 'c'")).toBe(3);
  });
});
