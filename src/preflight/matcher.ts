/**
 * The office's word lists, found in one pass: an Aho–Corasick automaton (Aho and Corasick, CACM 18(6), 1975), whose cost
 * follows from the text and the hits, not from the number of words.
 */

/** An entry of the office's word lists. */
export interface Term {
  text: string;
  kind: "forbidden" | "preferred";
  /** What to write instead; null if there is nothing. */
  writeAs: string | null;
  severity: "error" | "warning";
  note: string;
}

/** A place where a term stands: UTF-16 units [from, to). */
export interface Hit<T> {
  from: number;
  to: number;
  term: T;
}

interface Node<T> {
  next: Map<string, Node<T>>;
  /** Where to go on when the next character does not fit: the longest suffix that begins a term. */
  fail: Node<T> | null;
  /** The term that ends here. */
  term: T | null;
  /** The nearest node down the chain of `fail` at which a term ends. */
  shorter: Node<T> | null;
}

const node = <T>(): Node<T> => ({ next: new Map(), fail: null, term: null, shorter: null });

/** Finds every term of a list in a text. */
export class TermMatcher<T extends { text: string } = Term> {
  readonly #root = node<T>();

  constructor(terms: readonly T[]) {
    for (const term of terms) {
      if (term.text === "") continue;
      let at = this.#root;
      for (let i = 0; i < term.text.length; i++) {
        const unit = term.text[i]!;
        let next = at.next.get(unit);
        if (!next) at.next.set(unit, (next = node()));
        at = next;
      }
      at.term ??= term;
    }
    const line: Node<T>[] = [this.#root];
    for (const at of line)
      for (const [unit, next] of at.next) {
        let fail = at.fail;
        while (fail && !fail.next.has(unit)) fail = fail.fail;
        next.fail = fail?.next.get(unit) ?? this.#root;
        next.shorter = next.fail.term ? next.fail : next.fail.shorter;
        line.push(next);
      }
  }

  /** The hits from left to right without overlap: of those that overlap the leftmost, of those that begin together the longest. */
  find(text: string): Hit<T>[] {
    const all: Hit<T>[] = [];
    let at = this.#root;
    for (let i = 0; i < text.length; i++) {
      const unit = text[i]!;
      while (at.fail && !at.next.has(unit)) at = at.fail;
      at = at.next.get(unit) ?? this.#root;
      for (let end: Node<T> | null = at.term ? at : at.shorter; end; end = end.shorter)
        all.push({ from: i + 1 - end.term!.text.length, to: i + 1, term: end.term! });
    }
    all.sort((a, b) => a.from - b.from || b.to - a.to);
    let free = 0;
    return all.filter((hit) => hit.from >= free && ((free = hit.to), true));
  }
}
