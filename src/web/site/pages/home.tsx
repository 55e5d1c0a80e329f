import { picturesOf } from "../../../articles/media.ts";
import { SITE_NAME } from "../../../formats/feeds/index.ts";
import { coverOf } from "../../../formats/index.ts";
import type { FrontPost } from "../../../wire/post-store.ts";
import { listFront } from "../../../wire/post-store.ts";
import type { Ctx } from "../../context.ts";
import { byEdition } from "../editions.ts";
import { respond } from "../layout.tsx";
import { EditionDate, Facts, Teaser } from "../parts.tsx";
import { postPath, publicationPath } from "../paths.ts";

/** Of each publication: an edition well over its quota, and some of the editions before. */
const EACH = 40;
const OLDER = 12;

/** `GET /`: every publication's newest edition. */
export async function home(c: Ctx) {
  const posts = await listFront(c.get("deps").db, EACH);
  const publications = [...Map.groupBy(posts, (post) => post.publication).values()];
  return respond(c, {
    title: SITE_NAME,
    description:
      publications.length > 0
        ? `${publications.map(([post]) => post!.publicationName).join("、")}的最新推文。`
        : "还没有推文。",
    path: "/",
    scripted: true,
    children: (
      <>
        <h1 class="unseen">最新推文</h1>
        {publications.length === 0 && <Nothing />}
        {publications.map((posts) => (
          <Publication posts={posts} />
        ))}
        {/* At the end: where it comes to life, nothing that is being read moves. */}
        <push-button class="offer" />
      </>
    ),
  });
}

const coverOfFront = (post: FrontPost) => coverOf(post, picturesOf(post.pictures));

function Nothing() {
  return (
    <div class="notice">
      <h2>还没有推文</h2>
      <p>第一期刊发以后，推文就会出现在这里。</p>
    </div>
  );
}

function Publication({ posts }: { posts: readonly FrontPost[] }) {
  const [latest, ...earlier] = byEdition(posts);
  const [lead, ...rest] = latest!.posts;
  const older = earlier.flatMap((edition) => edition.posts).slice(0, OLDER);
  const { publication, publicationName } = lead!;
  return (
    <section class="publication" aria-labelledby={publication}>
      <header class="nameplate">
        <h2 id={publication}>
          <a href={publicationPath(publication)}>{publicationName}</a>
        </h2>
        <p>
          <EditionDate date={latest!.date} /> <span>共 {latest!.posts.length} 条</span>
        </p>
      </header>
      <Lead post={lead!} />
      {rest.length > 0 && (
        <ol class="edition">
          {rest.map((post) => (
            <li value={post.position}>
              <Teaser post={post} without="publication" level={3} picture={coverOfFront(post).square} />
            </li>
          ))}
        </ol>
      )}
      {older.length > 0 && (
        <section class="past" aria-label={`${publicationName}往期`}>
          <h3>往期</h3>
          <ul>
            {older.map((post) => (
              <li>
                <EditionDate date={post.editionDate} short />
                <a href={postPath(post.uid)}>{post.title}</a>
              </li>
            ))}
          </ul>
          <p>
            <a href={publicationPath(publication)}>{publicationName}的全部推文</a>
          </p>
        </section>
      )}
    </section>
  );
}

function Lead({ post }: { post: FrontPost }) {
  return (
    <article class="lead">
      <img src={coverOfFront(post).wide} alt="" />
      <div>
        <h3>
          <a href={postPath(post.uid)}>{post.title}</a>
        </h3>
        {post.digest && <p class="digest">{post.digest}</p>}
        <Facts post={post} without="publication" />
      </div>
    </article>
  );
}
