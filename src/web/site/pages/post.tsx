import { raw } from "hono/html";
import { picturesOf } from "../../../articles/media.ts";
import { renderWeb } from "../../../formats/index.ts";
import { absolute } from "../../../platform/address.ts";
import { iso } from "../../../platform/time.ts";
import type { Reading } from "../../../wire/reading.ts";
import { readingOf } from "../../../wire/reading.ts";
import type { PostDetail } from "../../../wire/post-store.ts";
import { findPost } from "../../../wire/post-store.ts";
import type { Ctx } from "../../context.ts";
import { respond } from "../layout.tsx";
import { Credits, KindMark, Moment } from "../parts.tsx";
import { columnPath, postPath, publicationPath } from "../paths.ts";
import { missing } from "./missing.tsx";

/** `GET /posts/:uid`: the article. 410 once it is recalled. One query. */
export async function post(c: Ctx, uid: string) {
  const { db, siteUrl } = c.get("deps");
  const post = await findPost(db, uid);
  if (!post) return missing(c);
  if (post.recalledAt !== null) return recalled(c, post, post.recalledAt);
  const reading = readingOf({ ...post, pictures: picturesOf(post.pictures) });
  return respond(c, {
    title: post.title,
    description: post.digest || post.title,
    path: postPath(post.uid),
    feeds: { name: post.publicationName, path: publicationPath(post.publication) },
    article: {
      publishedAt: iso(post.releasedAt, post.timeZone),
      image: { url: absolute(reading.cover.wide, siteUrl), size: reading.cover.size },
    },
    children: <Article post={post} reading={reading} siteUrl={siteUrl} />,
  });
}

function Article({ post, reading, siteUrl }: { post: PostDetail; reading: Reading; siteUrl: string }) {
  const { doc, credits, shown, source } = reading;
  return (
    <article class="post">
      <header>
        <p class="facts">
          <a href={publicationPath(post.publication)}>{post.publicationName}</a>
          {post.column !== null && <a href={columnPath(post.column)}>{post.columnName}</a>}
          <KindMark kind={post.kind} />
        </p>
        <h1>{post.title}</h1>
        <p class="byline">
          <Moment at={post.releasedAt} zone={post.timeZone} />
          {post.unitName !== null && <span>{post.unitName}</span>}
          <Credits credits={credits} />
        </p>
        {source && (
          <p class="byline">
            <span>
              来源：
              {source.url === null ? (
                source.name
              ) : (
                <a href={source.url} rel="noopener">
                  {source.name}
                </a>
              )}
            </span>
          </p>
        )}
        {post.correctedAt !== null && (
          <p class="corrected">
            更正于 <Moment at={post.correctedAt} zone={post.timeZone} />
          </p>
        )}
      </header>
      {shown && <img class="cover" src={shown} alt="" />}
      {/* Safe: renderWeb builds its HTML from tags of its own and escapes everything else. */}
      <div class="body">{raw(renderWeb(doc, { site: siteUrl }))}</div>
    </article>
  );
}

/** Neither text nor title: either may be the reason. */
function recalled(c: Ctx, post: PostDetail, at: number) {
  return respond(
    c,
    {
      title: "这条推文已撤回",
      description: "这条推文已撤回。",
      path: null,
      children: (
        <div class="notice">
          <h1>这条推文已撤回</h1>
          <p>
            {post.publicationName}于 <Moment at={at} zone={post.timeZone} /> 撤回了它，正文不再提供。
          </p>
          <p>
            <a href={publicationPath(post.publication)}>看{post.publicationName}的其他推文</a>
          </p>
        </div>
      ),
    },
    410,
  );
}
