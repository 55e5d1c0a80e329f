/** The linter's own bounds, so that no manuscript makes a request slow. */
export const BOUNDS = {
  /** UTF-16 units of the text that most rules read; secrets and word lists are looked for in all of it. */
  read: 200_000,
  /** UTF-16 units of text whose punctuation is proofread: the costliest part. */
  proofread: 20_000,
  findings: 300,
  excerpt: 40,
};
