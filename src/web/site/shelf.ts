/** A shelf: all posts, or those of one publication or column. */
import { SITE_NAME } from "../../formats/feeds/index.ts";
import { findNamed } from "../../newsroom/name-store.ts";
import { findPublication } from "../../newsroom/publication-store.ts";
import type { PostSummary, Shelf } from "../../wire/post-store.ts";
import { columnPath, publicationPath } from "./paths.ts";

/** The path that the shelf's page and feeds share: empty for all posts. */
export function shelfPath(shelf: Shelf): string {
  if (shelf.of === "all") return "";
  return shelf.of === "publication" ? publicationPath(shelf.slug) : columnPath(shelf.slug);
}

/** What the shelf is called, or null if there is no such publication or column. D1 is asked only when no post tells. */
export async function shelfName(db: D1Database, shelf: Shelf, post: PostSummary | undefined): Promise<string | null> {
  if (shelf.of === "all") return SITE_NAME;
  if (post) return shelf.of === "publication" ? post.publicationName : post.columnName;
  const found = await (shelf.of === "publication"
    ? findPublication(db, shelf.slug)
    : findNamed(db, "columns", shelf.slug));
  return found?.name ?? null;
}
