/** The pages of one column and of one publication. */
import type { Child } from "hono/jsx";
import type { PostSummary, Shelf } from "../../../wire/post-store.ts";
import { listPosts } from "../../../wire/post-store.ts";
import type { Ctx } from "../../context.ts";
import { byEdition } from "../editions.ts";
import { respond } from "../layout.tsx";
import { EditionDate, Older, Teaser } from "../parts.tsx";
import { shelfName, shelfPath } from "../shelf.ts";
import { missing } from "./missing.tsx";

const COLUMN_PAGE = 30;
/** Three to four editions of a publication that keeps its quota of fifteen. */
const PUBLICATION_PAGE = 60;

/** Where the page begins: the `before` of the address, the newest post without one, null if it is no post's number. */
function beginning(c: Ctx): number | null {
  const before = c.req.query("before");
  if (before === undefined) return Number.MAX_SAFE_INTEGER;
  return /^[1-9]\d{0,14}$/.test(before) ? Number(before) : null;
}

interface Drawn {
  children: Child;
  /** The page's last post, if there are older ones. */
  last: PostSummary | null;
}

async function shelf(c: Ctx, of: Exclude<Shelf, { of: "all" }>, size: number, draw: (posts: PostSummary[]) => Drawn) {
  const { db } = c.get("deps");
  const before = beginning(c);
  if (before === null) return missing(c);
  const posts = await listPosts(db, of, before, size + 1);
  const name = await shelfName(db, of, posts[0]);
  if (name === null) return missing(c);
  const path = shelfPath(of);
  const first = before === Number.MAX_SAFE_INTEGER;
  const { children, last } = draw(posts);
  return respond(c, {
    title: name,
    description: posts.length > 0 ? `${name}的推文：${posts[0]!.title}` : `${name}还没有推文。`,
    path: first ? path : `${path}?before=${before}`,
    feeds: { name, path },
    children: (
      <>
        <header class="shelf">
          <p>{of.of === "column" ? "专栏" : "刊"}</p>
          <h1>{name}</h1>
        </header>
        {posts.length === 0 && <p class="notice">{first ? "还没有推文。" : "没有更早的推文了。"}</p>}
        {children}
        {last && <Older href={`${path}?before=${last.id}`} />}
      </>
    ),
  });
}

/** `GET /columns/:slug`: a column's posts, newest first. One query, another only when there are none. */
export function column(c: Ctx, slug: string) {
  return shelf(c, { of: "column", slug }, COLUMN_PAGE, (posts) => {
    const shown = posts.slice(0, COLUMN_PAGE);
    return {
      children: (
        <ul class="plain">
          {shown.map((post) => (
            <li>
              <EditionDate date={post.editionDate} />
              <Teaser post={post} without="column" level={2} />
            </li>
          ))}
        </ul>
      ),
      last: posts.length > COLUMN_PAGE ? shown.at(-1)! : null,
    };
  });
}

/** `GET /publications/:slug`: a publication's editions, whole ones as far as they fit a page. Queries as for a column. */
export function publication(c: Ctx, slug: string) {
  return shelf(c, { of: "publication", slug }, PUBLICATION_PAGE, (posts) => {
    const more = posts.length > PUBLICATION_PAGE;
    const whole = posts.findLastIndex((post) => post.editionDate !== posts.at(-1)!.editionDate) + 1;
    // An edition larger than a page has to be split.
    const shown = more ? posts.slice(0, whole || PUBLICATION_PAGE) : posts;
    return {
      children: byEdition(shown).map((edition) => (
        <section aria-labelledby={`d${edition.date}`}>
          <h2 class="day" id={`d${edition.date}`}>
            <EditionDate date={edition.date} />
          </h2>
          <ol class="edition">
            {edition.posts.map((post) => (
              <li value={post.position}>
                <Teaser post={post} without="publication" level={3} />
              </li>
            ))}
          </ol>
        </section>
      )),
      last: more ? shown.at(-1)! : null,
    };
  });
}
