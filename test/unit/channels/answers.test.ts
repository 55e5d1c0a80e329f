import { describe, expect, it } from "vitest";
import type { Reply } from "../../../src/channels/kind.ts";
import { type Answer, ANSWERS, IN_BETWEEN, replyOf } from "./answers.ts";
import { chat, NAMES } from "./robots.ts";

function check(name: (typeof NAMES)[number], answer: Answer): void {
  const verdict = chat(name).judge(replyOf(answer));
  const { is, after, words = "", patch } = answer;
  expect(verdict).toMatchObject({ type: is === "throttled" ? "retry" : is, ...(patch && { patch }) });
  expect(verdict.why).toContain(words);
  expect("throttled" in verdict && verdict.throttled === true).toBe(is === "throttled");
  if (after !== undefined) expect(verdict).toMatchObject({ after });
}

const told = (answer: Answer): [string, Answer] => {
  const { status, headers, body } = replyOf(answer) as Extract<Reply, { type: "response" }>;
  return [`${status} ${JSON.stringify(headers)} ${body.slice(0, 100)}`, answer];
};

describe.each(NAMES)("what %s answers", (name) => {
  it.each(ANSWERS[name].map(told))("%s", (_, answer) => check(name, answer));
  it.each(IN_BETWEEN.map(told))("in between: %s", (_, answer) => check(name, answer));

  it("says it in a line", () => {
    for (const answer of ANSWERS[name]) expect(chat(name).judge(replyOf(answer)).why.length).toBeLessThan(160);
  });

  it("a call without an answer may have been heard", () => {
    expect(chat(name).judge({ type: "timeout" })).toMatchObject({ type: "unknown", after: 60_000 });
    expect(chat(name).judge({ type: "network", why: "reset" })).toEqual({ type: "unknown", why: "reset" });
    expect(chat(name).judge({ type: "refused", why: "private" })).toEqual({ type: "retry", why: "private" });
  });
});
