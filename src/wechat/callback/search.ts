/** Which post a reader means by some words. */
import { termsOf } from "./words.ts";

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
  const asked = termsOf([...words].slice(0, LONGEST).join(""));
  const indexed = posts.map((post) => ({ post, title: termsOf(post.title), digest: termsOf(post.digest) }));
  const needed = Math.min(2, asked.size);
  const weights = new Map(
    [...asked].map((term) => {
      const having = indexed.filter(({ title, digest }) => title.has(term) || digest.has(term)).length;
      return [term, Math.log(1 + posts.length / Math.max(1, having))];
    }),
  );
  let best: { post: Post; score: number } | null = null;
  for (const { post, title, digest } of indexed) {
    let shared = 0;
    let score = 0;
    for (const [term, weight] of weights) {
      const [inTitle, inDigest] = [title.has(term), digest.has(term)];
      if (!inTitle && !inDigest) continue;
      shared += 1;
      score += weight * (inTitle ? TITLE_WEIGHT : 1);
    }
    if (needed > 0 && shared >= needed && score > (best?.score ?? 0)) best = { post, score };
  }
  return best?.post ?? null;
}
