/** Posts as readers know them: by the edition they came out in. */
import type { PostSummary } from "../../wire/post-store.ts";

interface EditionOf<Post> {
  date: string;
  posts: Post[];
}

/** Posts by edition date, the newest edition first, each in the order of its positions. */
export function byEdition<Post extends PostSummary>(posts: readonly Post[]): EditionOf<Post>[] {
  return [...Map.groupBy(posts, (post) => post.editionDate)]
    .map(([date, posts]) => ({ date, posts: posts.toSorted((a, b) => a.position - b.position) }))
    .toSorted((a, b) => b.date.localeCompare(a.date));
}
