import { type Lexer, Marked, type MarkedExtension, type Token, type TokensList } from "marked";
import { blockCost, budgeted, BudgetedLexer, inlineCost, spend } from "./budget.ts";
import { addresses, marks } from "./chinese.ts";
import { type Segment, segmentsOf } from "./containers.ts";
import {
  type Callout,
  type Card,
  type KanfaToken,
  type Note,
  type NoteDef,
  type Verse,
  known,
  walk,
  withoutControls,
} from "./tokens.ts";

/** A manuscript as a tree of tokens, marked's and those of `tokens.ts`, and its footnotes: what every renderer reads. */
export type Doc = { readonly tokens: readonly Token[]; readonly notes: readonly Note[] };

// marked recurses into quotes, lists and emphasis, and so do the renderers: a line of some thousand `>` would exhaust the
// stack. No manuscript nests this deep; what does is shown as it was typed.
const DEEPEST = 40;

const noteRefs: MarkedExtension = {
  extensions: [
    {
      name: "noteRef",
      level: "inline",
      tokenizer(source) {
        const match = source.startsWith("[^") ? /^\[\^([^\s[\]^]{1,64})\]/.exec(source) : null;
        return match ? { type: "noteRef", raw: match[0], label: match[1], note: null } : undefined;
      },
    },
  ],
};

const { defaults } = new Marked({ gfm: true }, addresses, marks, noteRefs, budgeted);
// In a line without any of these nothing can begin that is more than text: most cells and items are such lines.
const SYNTAX = /[\\<[`*_~&@:]| {2}\n|www\./i;

/** What the name after `:::` makes of a container. Any other name is a note with that name as its title. */
const CONTAINERS: Readonly<Record<string, Callout["kind"] | Card["kind"] | "verse">> = {
  提示: "tip",
  小贴士: "tip",
  tip: "tip",
  注意: "warning",
  警示: "warning",
  警告: "warning",
  warning: "warning",
  重要: "important",
  important: "important",
  诗: "verse",
  诗歌: "verse",
  verse: "verse",
  视频: "video",
  video: "video",
  二维码: "qrcode",
  qrcode: "qrcode",
};

/** Reads a manuscript as deep as `DEEPEST`, and as far as its budget goes; the rest is text as it was typed. */
class ShallowLexer extends BudgetedLexer {
  #depth = 0;

  #enter(cost: number): boolean {
    if (this.#depth >= DEEPEST || !spend(this, cost)) return false;
    this.#depth++;
    return true;
  }

  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (!this.#enter(inlineCost(source))) {
      tokens.push(asTyped(source));
      return tokens;
    }
    try {
      if (source === "" || tokens.length > 0 || SYNTAX.test(source)) return super.inlineTokens(source, tokens);
      tokens.push({ type: "text", raw: source, text: source, escaped: this.state.inRawBlock });
      return tokens;
    } finally {
      this.#depth--;
    }
  }

  override blockTokens(source: string, tokens: Token[] = [], clipped?: boolean): TokensList {
    if (!this.#enter(blockCost(source, this.#depth))) {
      tokens.push({ type: "paragraph", raw: source, text: source, tokens: [asTyped(source)] });
      return tokens as TokensList;
    }
    try {
      return super.blockTokens(source, tokens, clipped) as TokensList;
    } finally {
      this.#depth--;
    }
  }
}

const asTyped = (source: string): Token => ({ type: "text", raw: source, text: source, escaped: true });

function container(lexer: Lexer, { raw, name, title, body }: Segment & { type: "container" }, depth: number): Token {
  const kind = Object.hasOwn(CONTAINERS, name) ? CONTAINERS[name] : undefined;
  const inline = (text: string): Token[] => lexer.inline(text.trim(), []);
  switch (kind) {
    case "verse": {
      const stanzas = body
        .split(/\n(?:[ \t]*\n)+/)
        .map((stanza) => stanza.split("\n").filter((line) => line.trim() !== ""));
      return {
        type: "verse",
        raw,
        title: inline(title),
        stanzas: stanzas.filter((lines) => lines.length > 0).map((lines) => lines.map(inline)),
      } satisfies Verse;
    }
    case "video":
    case "qrcode": {
      const lines = body.split("\n").filter((line) => line.trim() !== "");
      return { type: "card", raw, kind, title: inline(title), lines: lines.map(inline) } satisfies Card;
    }
    default: {
      const shown = title === "" || kind === undefined ? `${name} ${title}` : title;
      const tokens = blocks(lexer, body, depth + 1);
      return { type: "callout", raw, kind: kind ?? "note", title: inline(shown), tokens } satisfies Callout;
    }
  }
}

function blocks(lexer: Lexer, markdown: string, depth: number): Token[] {
  if (depth >= DEEPEST) return lexer.blockTokens(markdown, []);
  return segmentsOf(markdown).flatMap((segment) => {
    switch (segment.type) {
      case "markdown":
        return lexer.blockTokens(segment.raw, []);
      case "container":
        return [container(lexer, segment, depth)];
      case "note": {
        const { raw, label, body } = segment;
        return [{ type: "noteDef", raw, label, tokens: blocks(lexer, body, depth + 1) } satisfies NoteDef];
      }
    }
  });
}

/** Calls `visit` on every token of a tree, its footnotes last. */
export function walkDoc(doc: Doc, visit: (token: KanfaToken) => void): void {
  walk(doc.tokens, visit);
  for (const note of doc.notes) walk(note.tokens, visit);
}

function definitionsIn(tokens: readonly Token[], found = new Map<string, NoteDef>()): Map<string, NoteDef> {
  for (const token of known(tokens)) {
    if (token.type === "noteDef" && !found.has(token.label)) found.set(token.label, token);
    if (token.type === "callout" || token.type === "noteDef") definitionsIn(token.tokens, found);
  }
  return found;
}

// Notes may refer to notes: what a note's text is the first to refer to comes after all that the article refers to.
function numberNotes(tokens: readonly Token[]): Note[] {
  const definitions = definitionsIn(tokens);
  const byLabel = new Map<string, Note>();
  const notes: Note[] = [];
  const noteOf = (label: string): Note | null => {
    const definition = definitions.get(label);
    if (definition === undefined) return null;
    const note = byLabel.get(label) ?? { number: notes.length + 1, tokens: definition.tokens };
    if (!byLabel.has(label)) notes.push(note);
    byLabel.set(label, note);
    return note;
  };
  const resolve = (token: KanfaToken): void => {
    if (token.type === "noteRef") token.note = noteOf(token.label);
  };
  walk(tokens, resolve);
  let read = 0;
  for (const label of [null, ...definitions.keys()]) {
    if (label !== null) noteOf(label);
    for (let note = notes[read]; note !== undefined; note = notes[++read]) walk(note.tokens, resolve);
  }
  return notes;
}

/**
 * The tree of a Markdown text: GFM with Chinese emphasis and addresses, footnotes (`[^1]`, `[^1]: …`), and containers
 * (`::: 提示`, `::: 诗`, `::: 视频`, `::: 二维码`). Nothing in it is made safe yet: renderers do that. Any string is a
 * manuscript; none throws.
 */
export function parseMarkdown(markdown: string): Doc {
  const lexer = new ShallowLexer(defaults);
  const tokens = blocks(lexer, withoutControls(markdown.replaceAll(/\r\n?/g, "\n")), 0);
  lexer.lex("");
  return { tokens, notes: markdown.includes("[^") ? numberNotes(tokens) : [] };
}
