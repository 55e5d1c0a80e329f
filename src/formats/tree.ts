import { Lexer, Marked, type Token } from "marked";
import { chinese } from "./chinese.ts";

/** A manuscript as a tree of marked's tokens: what every renderer reads. */
export type Doc = { readonly tokens: readonly Token[] };

// marked recurses into quotes, lists and emphasis, and so do the renderers: a line of some thousand `>` would exhaust the
// stack. No manuscript nests this deep; what does is shown as it was typed.
const DEEPEST = 40;

const { defaults } = new Marked({ gfm: true }, chinese);

function shallowLexer(): Lexer {
  const lexer = new Lexer(defaults);
  const blockTokens = lexer.blockTokens.bind(lexer) as (source: string, tokens: Token[], clipped?: boolean) => Token[];
  const inlineTokens = lexer.inlineTokens.bind(lexer);
  let depth = 0;

  function nested(tokens: Token[], source: string, go: () => Token[], type: "paragraph" | "text"): Token[] {
    if (depth >= DEEPEST) {
      const text: Token = { type: "text", raw: source, text: source, escaped: true };
      tokens.push(type === "text" ? text : { type, raw: source, text: source, tokens: [text] });
      return tokens;
    }
    depth++;
    try {
      return go();
    } finally {
      depth--;
    }
  }

  lexer.inlineTokens = (source: string, tokens: Token[] = []) =>
    nested(tokens, source, () => inlineTokens(source, tokens), "text");
  lexer.blockTokens = ((source: string, tokens: Token[] = [], clipped?: boolean) =>
    nested(tokens, source, () => blockTokens(source, tokens, clipped), "paragraph")) as Lexer["blockTokens"];
  return lexer;
}

/**
 * The tree of a Markdown text (GFM, with Chinese emphasis and addresses). Nothing in it is made safe yet: renderers do
 * that. Any string is a manuscript; none throws.
 */
export function parseMarkdown(markdown: string): Doc {
  return { tokens: shallowLexer().lex(markdown) };
}
