/**
 * Random histories of an account: the Worker killed or D1 failing at any effect, calls refused or lost on either side,
 * events lost, doubled and late, articles refused, an administrator of any mind, people correcting, recalling, stopping.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { runs } from "../runs.ts";
import { type Action, History } from "./history.ts";

const nat = fc.nat(40);
const effect = fc.record({
  at: fc.nat(60),
  what: fc.constantFrom("crash" as const, "error" as const),
  side: fc.constantFrom("before" as const, "after" as const),
});
const LOST = ["timeout", "reset", "http-502", "html"] as const;
const REFUSED = [-1, 45009, 45011, 40001, 42001, 40014, 40164, 48001];
const PATHS = [
  "draft/add",
  "draft/get",
  "draft/batchget",
  "draft/delete",
  "freepublish/submit",
  "freepublish/get",
  "freepublish/batchget",
  "freepublish/delete",
  "message/mass/sendall",
  "message/mass/get",
  "message/mass/delete",
  "material/add_material",
  "stable_token",
].map((path) => `/cgi-bin/${path}`);
const nth = fc.integer({ min: 1, max: 4 });
const call = fc.oneof(
  fc.record({
    path: fc.constantFrom(...PATHS),
    nth,
    when: fc.constantFrom("before" as const, "after" as const),
    answer: fc.constantFrom(...LOST, { errcode: -1 }),
  }),
  fc.record({
    path: fc.constantFrom(...PATHS),
    nth,
    answer: fc.constantFrom(...REFUSED.map((errcode) => ({ errcode }))),
  }),
  fc.record({
    path: fc.constantFrom("/cgi-bin/draft/add", "/cgi-bin/freepublish/submit"),
    nth,
    answer: fc.constantFrom({ errcode: 45166 }, { errcode: 53503 }),
  }),
);
const delay = fc.option(
  fc.integer({ min: 1, max: 40 }).map((minutes) => minutes * 60_000),
  { nil: 2000 },
);
const outcome = fc.oneof(
  fc.record({
    of: fc.constant("publish" as const),
    publish_status: fc.constantFrom(2 as const, 3 as const, 4 as const),
    fail_idx: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
    delay,
  }),
  fc.record({ of: fc.constantFrom("publish" as const, "mass" as const), delay }),
  fc.record({
    of: fc.constant("mass" as const),
    status: fc.constantFrom("send fail", "err(20001)", "err(40001)"),
    delay,
  }),
);
const event = fc.record({
  do: fc.constantFrom("lose" as const, "double" as const, "last" as const, { delay: 600_000 }, { delay: 7_200_000 }),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("release" as const), posts: fc.integer({ min: 1, max: 11 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("correct" as const, "recall" as const), post: nat }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("minutes" as const),
      count: fc.integer({ min: 1, max: 4 }),
      fault: fc.option(effect, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sleep" as const), minutes: fc.integer({ min: 1, max: 700 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("call" as const), fault: call }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("outcome" as const), outcome }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("event" as const), fault: event }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("decide" as const), yes: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("meanwhile" as const),
      path: fc.constantFrom(...PATHS),
      nth: fc.integer({ min: 1, max: 2 }),
      act: fc.oneof(
        fc.record({ do: fc.constantFrom("correct" as const, "recall" as const), post: nat }),
        fc.constant({ do: "stop" as const }),
      ),
      lost: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("stop" as const, "start" as const, "pause" as const, "resume" as const),
    }),
  },
);
const config = fc.constantFrom({}, {}, { digest: true }, { mode: "manual" }, { on_correction: "hand_over" });
const setup = fc.constantFrom({}, {}, { protected: true }, { mass: { day: 0, month: 0 } });

beforeAll(() => void vi.spyOn(console, "log").mockImplementation(() => {}));
afterAll(() => void vi.restoreAllMocks());

describe("whatever happens to an account", () => {
  it("every post is out once, or reported as left out; nothing recalled is; receipts are right", async () => {
    await fc.assert(
      fc.asyncProperty(
        config,
        setup,
        fc.integer({ min: 1, max: 15 }),
        fc.array(action, { minLength: 3, maxLength: 24 }),
        async (mode, at, posts, actions) => {
          const history = await History.begin(mode, at);
          await history.take({ do: "release", posts });
          await history.take({ do: "sleep", minutes: 15 });
          for (const one of actions) await history.take(one);
          await history.rest();
          history.check();
        },
      ),
      runs(40, 2500),
    );
  });
});
