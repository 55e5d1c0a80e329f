/** Which post a reader means by some words. */
import { finder, plainText, termsOf } from "./words.ts";

/** Readers ask in a few words; what comes after these many characters is not looked at. */
const LONGEST = 60;

/** A term in a title says more than one in a digest. */
const TITLE_WEIGHT = 3;

/**
 * The post that fits the words best, or null if none does: by the terms that it shares with them, of which rare ones count
 * more. One shared pair of characters is chance, unless it is all that was asked. Of equals the first, so give the newest
 * first.
 */
export function bestMatch<Post extends { title: string; digest: string }>(
  words: string,
  posts: readonly Post[],
): Post | null {
  const asked = [...termsOf([...words].slice(0, LONGEST).join(""))].map(finder);
  const plain = posts.map((post) => ({ title: plainText(post.title), digest: plainText(post.digest) }));
  const scores = posts.map(() => ({ shared: 0, score: 0 }));
  for (const has of asked) {
    const found = plain.map(({ title, digest }) => (has(title) ? TITLE_WEIGHT : has(digest) ? 1 : 0));
    const weight = Math.log(1 + posts.length / Math.max(1, found.filter((times) => times > 0).length));
    for (const [i, times] of found.entries()) {
      if (times === 0) continue;
      scores[i]!.shared += 1;
      scores[i]!.score += times * weight;
    }
  }
  const needed = Math.max(1, Math.min(2, asked.length));
  const fitting = scores.map(({ shared, score }) => (shared >= needed ? score : 0));
  const best = Math.max(0, ...fitting);
  return best === 0 ? null : posts[fitting.indexOf(best)]!;
}
