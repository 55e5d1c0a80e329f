/** Small parts that several pages share. */
import { iso } from "../../platform/time.ts";
import type { Reading } from "../../wire/reading.ts";
import type { PostSummary } from "../../wire/post-store.ts";
import { fullDate, localMinute, monthDay, weekday } from "./dates.ts";
import { columnPath, postPath, publicationPath } from "./paths.ts";

/** A moment, in the zone's own words. */
export function Moment({ at, zone }: { at: number; zone: string }) {
  return <time datetime={iso(at, zone)}>{localMinute(at, zone)}</time>;
}

/** 转载 or 视频; an original needs no mark. */
export function KindMark({ kind }: { kind: PostSummary["kind"] }) {
  if (kind === "original") return null;
  return <span class="mark">{kind === "reprint" ? "转载" : "视频"}</span>;
}

/** What is known of a post in a line: its marks, column and unit. Leaves out what the page says already. */
export function Facts({ post, without }: { post: PostSummary; without: "publication" | "column" }) {
  return (
    <p class="facts">
      <KindMark kind={post.kind} />
      {post.correctedAt !== null && <span class="mark">更正</span>}
      {without !== "publication" && <a href={publicationPath(post.publication)}>{post.publicationName}</a>}
      {without !== "column" && post.column !== null && <a href={columnPath(post.column)}>{post.columnName}</a>}
      {post.unitName !== null && <span>{post.unitName}</span>}
    </p>
  );
}

/** A post in a list: its title, under a heading of that level, what is known of it, and a small square picture if given. */
export function Teaser({
  post,
  without,
  level,
  picture,
}: {
  post: PostSummary;
  without: "publication" | "column";
  level: 2 | 3;
  picture?: string;
}) {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <article class={picture === undefined ? "teaser" : "teaser pictured"}>
      <div>
        <Heading>
          <a href={postPath(post.uid)}>{post.title}</a>
        </Heading>
        {post.digest && <p class="digest">{post.digest}</p>}
        <Facts post={post} without={without} />
      </div>
      {picture !== undefined && <img src={picture} alt="" width="88" height="88" loading="lazy" />}
    </article>
  );
}

/** 记者 甲、通讯员 乙. */
export function Credits({ credits }: { credits: Reading["credits"] }) {
  return (
    <>
      {credits.map(({ role, names }) => (
        <span>
          {role} {names.join(" ")}
        </span>
      ))}
    </>
  );
}

/** The date of an edition. */
export function EditionDate({ date, short = false }: { date: string; short?: boolean }) {
  return <time datetime={date}>{short ? monthDay(date) : `${fullDate(date)} ${weekday(date)}`}</time>;
}

/** A way on to older posts. */
export function Older({ href }: { href: string }) {
  return (
    <nav class="older" aria-label="翻页">
      <a href={href} rel="next">
        更早
      </a>
    </nav>
  );
}
