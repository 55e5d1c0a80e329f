/** Words as they are compared: what a reader writes on a telephone, and what an editor wrote at a desk. */

/** A text without what does not tell words apart: width, case, white space and punctuation. */
export const plainWords = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s\p{P}\p{S}\p{C}]+/gu, "");

const graphs = /[a-z0-9]+|[^a-z0-9]+/gu;

/**
 * What a text is searched by: Latin words and numbers whole, everything else by pairs of neighbours, since Chinese has no
 * spaces (a single character stands for itself). Each once.
 */
export function termsOf(text: string): Set<string> {
  const terms = new Set<string>();
  for (const [run] of plainWords(text).matchAll(graphs)) {
    const characters = [...run];
    if (/^[a-z0-9]/.test(run) || characters.length === 1) terms.add(run);
    else for (let i = 1; i < characters.length; i++) terms.add(characters[i - 1]! + characters[i]!);
  }
  return terms;
}
