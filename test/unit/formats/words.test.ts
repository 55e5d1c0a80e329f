import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailBlocks, pictureUrl } from "../../../src/formats/email/body.ts";
import { parseMarkdown, renderFeed, renderWeb, safeUrl } from "../../../src/formats/index.ts";
import type { Doc } from "../../../src/formats/tree.ts";
import { manuscript, wellBuilt } from "./manuscripts.ts";
import { EMAIL, EMAIL_LINES, FEED, type Page, readMarkup, WEB } from "./markup.ts";
import { shownWords } from "./shown.ts";

const SITE = "https://site.example";
const isImage = (src: string): boolean => safeUrl(src, "image") !== null;

type Medium = {
  render: (doc: Doc) => string;
  read: (html: string) => Page;
  shown: (src: string) => boolean;
  addresses: RegExp;
};

const ABSOLUTE = /^(?:https?:\/\/[^/\\]|mailto:|tel:)/i;
const MEDIA: Record<string, Medium> = {
  web: {
    render: (doc) => renderWeb(doc, { site: SITE }),
    read: (html) => readMarkup(html, WEB),
    shown: isImage,
    addresses: /^(?:https?:\/\/[^/\\]|mailto:|tel:|#|\/(?![/\\]))/i,
  },
  feed: {
    render: (doc) => renderFeed(doc, SITE),
    read: (html) => readMarkup(html, FEED),
    shown: isImage,
    addresses: ABSOLUTE,
  },
  email: {
    render: (doc) => emailBlocks(doc, SITE).join("\n"),
    read: (html) => readMarkup(html, EMAIL, EMAIL_LINES),
    shown: (src) => pictureUrl(src, SITE) !== null,
    addresses: ABSOLUTE,
  },
};

// What we add: the number of a note, the way back from it, a code's address in words, a task's box.
const ADDED = /<sup>.*?<\/sup>|<a [^<>]*class="back"[^<>]*>↩\ufe0e<\/a>|<small>.*?<\/small>/g;
const squeezed = (text: string): string => text.replaceAll(/[\s☐☑]+/g, "");

describe.each(Object.entries(MEDIA))("%s", (_, { render, read, shown, addresses }) => {
  it("shows a reader the words of any manuscript and no others, in our tags, attributes and schemes", () => {
    expect.hasAssertions();
    const check = (markdown: string) => {
      const doc = parseMarkdown(markdown);
      const html = render(doc);
      for (const { attributes } of read(html).elements)
        for (const url of [attributes["href"], attributes["src"]])
          if (url !== undefined) expect(url).toMatch(addresses);
      expect(squeezed(read(html.replaceAll(ADDED, "")).text)).toBe(squeezed(shownWords(doc, shown)));
    };
    fc.assert(fc.property(fc.oneof(manuscript, wellBuilt), check), { numRuns: 300 });
  });
});
