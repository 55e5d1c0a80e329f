import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../../src/channels/kind.ts";
import type { Circuit, Evidence } from "../../../src/delivery/breaker.ts";
import {
  faultOf,
  gate,
  NO_EVIDENCE,
  OPEN_FIRST,
  OPEN_MOST,
  opened,
  seen,
  trips,
} from "../../../src/delivery/breaker.ts";
import { Hosts } from "../../../src/delivery/hosts.ts";
import { HOUR, MINUTE, SECOND } from "../../../src/platform/time.ts";

const NOW = Date.UTC(2026, 10, 23);
const FAR = NOW + 72 * HOUR;
const after = (calls: string): Evidence =>
  [...calls].reduce((evidence, call) => seen(evidence, call === "x"), NO_EVIDENCE);
const answer = (status: number): Reply => ({ type: "response", status, headers: {}, body: "" });

describe("what is a host's fault", () => {
  it.each<[string, Reply, boolean]>([
    ["no answer", { type: "timeout" }, true],
    ["no connection", { type: "network", why: "lost" }, true],
    ["500", answer(500), true],
    ["530, a dead origin behind Cloudflare", answer(530), true],
    ["404, of one of its channels", answer(404), false],
    ["429", answer(429), false],
    ["200", answer(200), false],
    ["a refusal of our own guard", { type: "refused", why: "private" }, false],
  ])("%s", (_, reply, fault) => expect(faultOf(reply)).toBe(fault));
});

describe("a circuit opens", () => {
  it.each<[string, string, boolean]>([
    ["never without evidence", "", false],
    ["not at four in a row", "xxxx", false],
    ["at five in a row", "xxxxx", true],
    ["not when one answered in between", "xxxx.xxxx", false],
    ["at seven of ten", "xx.xx.xx.x", true],
    ["not at six of ten", "xx.xx.xx..", false],
    ["not at six of nine", "xx.xx.xx.", false],
    ["at fourteen of twenty", "xxx.xxx.xx.xx.xx..xx", true],
  ])("%s: %s", (_, calls, expected) => expect(trips(after(calls))).toBe(expected));

  it("for half a minute, doubled by each probe that fails, an hour at most", () => {
    let circuit: Circuit | null = null;
    const waits = Array.from({ length: 9 }, () => {
      circuit = opened(circuit, NOW);
      return (circuit.until - NOW) / SECOND;
    });
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  });
});

describe("the gate", () => {
  const open: Circuit = { trips: 2, until: NOW + MINUTE };

  it("lets all through without a circuit, and one to see once its time is over", () => {
    expect(gate(null, { staleAt: FAR, seed: "a" }, NOW)).toEqual({ type: "send", probe: false });
    expect(gate(open, { staleAt: FAR, seed: "a" }, open.until)).toEqual({ type: "send", probe: true });
    expect(gate(open, { staleAt: FAR, seed: "a" }, open.until - 1)).toMatchObject({ type: "hold" });
  });

  it("drops what would be stale by the time it may go", () => {
    expect(gate(open, { staleAt: open.until, seed: "a" }, NOW)).toMatchObject({ type: "drop" });
  });

  it("what was held never comes back before its time, nor all at once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.string(), (times, seed) => {
        const circuit = { trips: times, until: NOW + Math.min(OPEN_MOST, OPEN_FIRST * 2 ** (times - 1)) };
        const held = gate(circuit, { staleAt: FAR, seed }, NOW);
        const until = held.type === "hold" ? held.until : Number.NaN;
        expect(until).toBeGreaterThanOrEqual(circuit.until);
        expect(until - circuit.until).toBeLessThanOrEqual(Math.max(OPEN_FIRST, (circuit.until - NOW) / 5));
      }),
    );
    const back = Array.from({ length: 200 }, (_, i) => gate(open, { staleAt: FAR, seed: `channel-${i}` }, NOW));
    const seconds = back.map((held) => (held.type === "hold" ? Math.floor(held.until / SECOND) : 0));
    for (const second of new Set(seconds)) expect(seconds.filter((other) => other === second).length).toBeLessThan(25);
  });
});

describe("what a run learns of its hosts", () => {
  const caller = (uid: string, more: { failingSince?: number | null; circuit?: Circuit | null } = {}) => ({
    uid,
    host: "h",
    failingSince: null,
    circuit: null,
    ...more,
  });

  it("nothing of a host in good health, which costs no row", () => {
    const hosts = new Hosts([caller("a")]);
    for (let i = 0; i < 100; i++) hosts.note(caller("a"), answer(i % 2 === 0 ? 200 : 500), NOW);
    expect(hosts.changes()).toEqual({ opened: new Map(), closed: [] });
  });

  it("leaves it alone after five channels that were well failed, and holds the rest of the run", () => {
    const hosts = new Hosts([]);
    for (const uid of ["a", "b", "c", "d"]) hosts.note(caller(uid), { type: "timeout" }, NOW);
    expect(hosts.gate(caller("e"), FAR, NOW)).toEqual({ type: "send", probe: false });
    hosts.note(caller("e"), { type: "timeout" }, NOW);
    expect(hosts.gate(caller("f"), FAR, NOW)).toMatchObject({ type: "hold" });
    expect([...hosts.changes().opened]).toEqual([["h", { trips: 1, until: NOW + 30 * SECOND }]]);
  });

  it("hears no evidence from channels that have failed before: they say nothing of those that are well", () => {
    const hosts = new Hosts([]);
    for (let i = 0; i < 20; i++) hosts.note(caller(`c${i}`, { failingSince: NOW - HOUR }), { type: "timeout" }, NOW);
    expect(hosts.gate(caller("z"), FAR, NOW)).toEqual({ type: "send", probe: false });
  });

  const circuit = { trips: 3, until: NOW - 1 };
  it.each<[string, Reply, Circuit | null]>([
    ["answers: closed", answer(404), null],
    ["fails: open for longer", { type: "timeout" }, { trips: 4, until: NOW + 240 * SECOND }],
  ])("one probe, which %s", (_, reply, expected) => {
    const [a, b] = [caller("a", { circuit }), caller("b", { circuit })];
    const hosts = new Hosts([a, b]);
    expect(hosts.probes([a, b], NOW)).toEqual(new Map([["h", "a"]]));
    hosts.probing("h", "a", NOW);
    expect(hosts.gate(a, FAR, NOW)).toEqual({ type: "send", probe: true });
    expect(hosts.gate(b, FAR, NOW)).toMatchObject({ type: "hold" });
    hosts.note(a, reply, NOW);
    expect(hosts.gate(b, FAR, NOW).type).toBe(expected ? "hold" : "send");
    expect(hosts.changes()).toEqual({
      opened: new Map(expected ? [["h", expected]] : []),
      closed: expected ? [] : ["h"],
    });
  });

  it("a probe that another run has is nobody's here", () => {
    const a = caller("a", { circuit });
    const hosts = new Hosts([a]);
    hosts.probing("h", null, NOW);
    expect(hosts.gate(a, FAR, NOW)).toMatchObject({ type: "hold" });
    expect(hosts.changes()).toEqual({ opened: new Map(), closed: [] });
  });
});
