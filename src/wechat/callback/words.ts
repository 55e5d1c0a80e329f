/** Words as they are compared: what a reader writes on a telephone, and what an editor wrote at a desk. */

const SEPARATORS = /[\s\p{P}\p{S}\p{C}]+/gu;

/** A text in one width and case, with a single space for white space and punctuation. */
export const plainText = (text: string): string => text.normalize("NFKC").toLowerCase().replaceAll(SEPARATORS, " ");

/** A text without what does not tell words apart: width, case, white space and punctuation. */
export const plainWords = (text: string): string => plainText(text).replaceAll(" ", "");

/**
 * What a text is searched by: Latin words and numbers whole, everything else by pairs of neighbours, since Chinese has no
 * spaces (a single character stands for itself). Each once.
 */
export function termsOf(text: string): Set<string> {
  const terms = new Set<string>();
  for (const [run] of plainText(text).matchAll(/[a-z0-9]+|[^a-z0-9 ]+/gu)) {
    const characters = [...run];
    if (isLatin(run) || characters.length === 1) terms.add(run);
    else for (let i = 1; i < characters.length; i++) terms.add(characters[i - 1]! + characters[i]!);
  }
  return terms;
}

const isLatin = (run: string): boolean => /^[a-z0-9]/.test(run);

/** Whether a plain text has the term: of {@link plainText} and {@link termsOf}. */
export function finder(term: string): (plain: string) => boolean {
  if (!isLatin(term)) return (plain) => plain.includes(term);
  const whole = new RegExp(`(?<![a-z0-9])${term}(?![a-z0-9])`);
  return (plain) => whole.test(plain);
}
