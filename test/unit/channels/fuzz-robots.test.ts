import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "../../../src/channels/kind.ts";
import { chatManuscript } from "../formats/manuscripts.ts";
import { CONFIGS, Platforms } from "../../worker/helpers/platforms.ts";
import { runs } from "../runs.ts";
import { alert, items } from "./items.ts";
import { chat, NAMES, requestFor, STYLED, WALL } from "./robots.ts";

const RUNS = runs(25, 1000);
const huge = fc.constantFrom(
  "长".repeat(5000),
  "👨‍👩‍👧".repeat(900),
  "<@userid>".repeat(900),
  '"\\'.repeat(4000),
  "\u0001".repeat(5000),
);
const text = fc.oneof({ weight: 4, arbitrary: chatManuscript }, { weight: 1, arbitrary: huge });
const entry = fc.record({ title: text, digest: text, note: text, markdown: text, cover: fc.boolean() });
const kind = fc.constantFrom<Item["kind"][]>("published", "corrected", "recalled");

function fuzzed(
  kind: Item["kind"],
  entries: readonly { title: string; digest: string; note: string; markdown: string; cover: boolean }[],
): Item[] {
  return items(entries.length, { kind }).map((each, index) => {
    const { title, digest, note, markdown, cover } = entries[index]!;
    const { cover: picture, ...post } = each.post;
    const shown = { ...post, title, digest, ...(cover && picture && { cover: picture }) };
    return { ...each, note: kind === "published" ? "" : note, post: shown, text: () => ({ markdown, html: "" }) };
  });
}

/** Secrets that a platform wants in the body. */
const IN_BODY: readonly string[] = ["ntfy topic"];

/** Sends, and gives what the platform's readers saw. */
async function seenBy(name: (typeof NAMES)[number], say: Parameters<typeof requestFor>[1], more: object = {}) {
  const { url, headers, body } = await requestFor(name, say, more);
  const platforms = new Platforms();
  const response = await platforms.answer({ url, headers: new Headers(headers), body }, WALL);
  const answer = await response.text();
  const verdict = chat(name).judge({ type: "response", status: response.status, headers: {}, body: answer });
  if (verdict.type !== "accepted") expect.fail(`${answer}: ${body.slice(0, 500)}`);
  for (const member of chat(name).secrets.filter((each) => !IN_BODY.includes(`${name} ${each}`))) {
    const secret = (CONFIGS[name] as Record<string, string>)[member] ?? "";
    expect(body, `${member} is nobody's business in the body`).not.toContain(secret);
  }
  return platforms.taken.get(name)![0]!;
}

describe.each(NAMES)("whatever is said over %s", (name) => {
  it("every post of a batch is in the message, in order, and nobody is called", async () => {
    const batch = fc.array(entry, { minLength: 1, maxLength: chat(name).limits.batch });
    await fc.assert(
      fc.asyncProperty(kind, batch, async (kind, entries) => {
        const news = fuzzed(kind, entries);
        const { links } = await seenBy(name, { news });
        expect(links).toEqual(news.map(({ post }) => post.url));
      }),
      RUNS,
    );
  });

  it("alerts are read by everybody and call nobody", async () => {
    const alerts = fc.array(fc.record({ title: text, body: text }), {
      minLength: 1,
      maxLength: chat(name).limits.batch,
    });
    await fc.assert(
      fc.asyncProperty(alerts, async (said) => {
        await seenBy(name, { alerts: said.map((each) => alert(each)) });
      }),
      RUNS,
    );
  });
});

it.each(STYLED)("a whole text is in the message over %s, and calls nobody", async (name) => {
  await fc.assert(
    fc.asyncProperty(kind, entry, async (kind, only) => {
      const news = fuzzed(kind, [only]);
      const { links } = await seenBy(name, { news }, { style: "full" });
      expect(links).toContain(news[0]!.post.url);
    }),
    RUNS,
  );
});

it("a recalled text is never said again", async () => {
  for (const name of STYLED) {
    const news = items(1, { kind: "recalled", text: () => expect.unreachable("the text is not even asked for") });
    await seenBy(name, { news }, { style: "full" });
  }
});
