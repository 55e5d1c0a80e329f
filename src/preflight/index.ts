/**
 * 预检: a manuscript is looked at before its review and again before its release. Pure: what it must know of the office comes
 * in as values and functions. A new rule is a file in `rules/` and a line in {@link RULES}; `reading.ts` gives it the text
 * with its places, `limits.ts` the numbers, `words.ts` the words.
 */
import { type Context, read, type Rule } from "./context.ts";
import { BOUNDS } from "./limits.ts";
import { dates } from "./rules/dates.ts";
import { headings } from "./rules/headings.ts";
import { lengths } from "./rules/lengths.ts";
import { links } from "./rules/links.ts";
import { numbers } from "./rules/numbers.ts";
import { pairs } from "./rules/pairs.ts";
import { pictures } from "./rules/pictures.ts";
import { punctuation } from "./rules/punctuation.ts";
import { mask, secrets } from "./rules/secrets.ts";
import { spelling } from "./rules/spelling.ts";
import { terms } from "./rules/terms.ts";
import { meterOf, wechatSize } from "./rules/wechat-size.ts";
import type { Field, Finding, Input, Preflight } from "./types.ts";

export { applyFixes } from "./fixes.ts";
export { type Term, TermMatcher } from "./matcher.ts";
export type { Finding, Input, MediaFact, Preflight } from "./types.ts";

/** What keeps a manuscript from going on until a person accepts it: 保密关, and words that the office forbids. */
export const BLOCKING_RULES = ["id-card", "bank-card", "forbidden-term"] as const;

const BLOCKERS: readonly Rule[] = [secrets, terms];
const RULES: readonly Rule[] = [
  ...BLOCKERS,
  lengths,
  pictures,
  links,
  headings,
  dates,
  numbers,
  spelling,
  pairs,
  punctuation,
];

const isBlocking = (finding: Finding): boolean =>
  finding.severity === "error" && (BLOCKING_RULES as readonly string[]).includes(finding.rule);

/** The findings that keep a manuscript from going on. */
export function blocking(findings: readonly Finding[]): Finding[] {
  return findings.filter(isBlocking);
}

const FIELDS: readonly Field[] = ["title", "author", "digest", "source", "cover", "markdown", "captions"];
const startOf = ({ place }: Finding): number => ("from" in place ? place.from : -1);

/** In reading order, those that block first if there are more than an answer holds, no digit of a secret in any excerpt. */
function settle(found: readonly Finding[]): Finding[] {
  const kept = found.length <= BOUNDS.findings ? found : [...blocking(found), ...found.filter((f) => !isBlocking(f))];
  const private_ = found.filter(({ rule }) => rule === "id-card" || rule === "bank-card" || rule === "mobile");
  return kept
    .slice(0, BOUNDS.findings)
    .map((finding) => (private_.some((other) => touches(finding, other)) ? masked(finding) : finding))
    .sort((a, b) => FIELDS.indexOf(a.place.field) - FIELDS.indexOf(b.place.field) || startOf(a) - startOf(b));
}

function touches(a: Finding, b: Finding): boolean {
  if (!("from" in a.place && "from" in b.place) || a === b) return false;
  return a.place.field === b.place.field && a.place.from < b.place.to && b.place.from < a.place.to;
}

function masked(finding: Finding): Finding {
  const { fix: _, ...rest } = finding;
  return "excerpt" in rest.place ? { ...rest, place: { ...rest.place, excerpt: mask(rest.place.excerpt) } } : finding;
}

const run = (rules: readonly Rule[], c: Context): Finding[] => rules.flatMap((rule) => [...rule(c)]);

/** Everything that there is to say of a manuscript. Any text may come; none throws. */
export function preflight(input: Input): Preflight {
  const c = read(input);
  const meter = meterOf(c);
  return { findings: settle(run([...RULES, wechatSize(meter)], c)), meter };
}

/** Only what keeps it from going on: a small part of the cost. */
export function preflightBlocking(input: Input): Finding[] {
  return blocking(settle(run(BLOCKERS, read(input))));
}
