import { z } from "zod";
import type { InboxRow } from "../../../delivery/ledger-store.ts";
import { listInbox } from "../../../delivery/ledger-store.ts";
import type { PostSummary } from "../../../wire/post-store.ts";
import { listPostsNamed } from "../../../wire/post-store.ts";
import type { Ctx } from "../../context.ts";
import { respond } from "../layout.tsx";
import { Moment } from "../parts.tsx";
import { postPath } from "../paths.ts";

/** How many pushes the page shows. */
const SHOWN = 100;
/** For pushes whose posts are not known here. */
const OFFICE_ZONE = "Asia/Shanghai";

const KINDS = { published: "刊发", corrected: "更正", recalled: "撤回" } as const;

/** What the demo inbox's channel kind composes, as far as the page shows it: posts, or the office's alerts. */
const pushed = z.union([
  z
    .array(
      z.object({
        seq: z.number(),
        kind: z.enum(["published", "corrected", "recalled"]),
        note: z.string(),
        post: z.object({ id: z.string(), title: z.string() }),
      }),
    )
    .transform((entries) => ({ entries, alerts: [] })),
  // The page is public: of an alert it tells the title, not the particulars.
  z.array(z.object({ title: z.string() })).transform((alerts) => ({ entries: [], alerts })),
]);
interface Pushed {
  entries: {
    seq: number;
    kind: keyof typeof KINDS;
    note: string;
    post: { id: string; title: string };
  }[];
  alerts: { title: string }[];
}
type Entry = Pushed["entries"][number];

function pushedOf(body: string): Pushed {
  try {
    return pushed.parse(JSON.parse(body));
  } catch {
    // Whatever else arrived counts as a push without entries.
    return { entries: [], alerts: [] };
  }
}

/** `GET /inbox`: what the demo inbox received. Two queries. Never cached: pushes are not on the wire. */
export async function inbox(c: Ctx) {
  const { db } = c.get("deps");
  const pushes = (await listInbox(db, SHOWN)).map((push) => ({ ...push, ...pushedOf(push.body) }));
  const uids = [...new Set(pushes.flatMap((push) => push.entries.map((entry) => entry.post.id)))];
  const posts = new Map((await listPostsNamed(db, uids)).map((post) => [post.uid, post]));
  c.header("cache-control", "no-store");
  return respond(c, {
    title: "演示收件箱",
    description: "演示收件箱收到的推送。",
    path: null,
    children: (
      <>
        <header class="shelf">
          <p>演示</p>
          <h1>演示收件箱</h1>
        </header>
        <p class="intro">
          这是一个内置的订阅者。每有推文刊发、更正或撤回，刊发就向它推送一次，和推送到其他渠道的过程完全一样。
        </p>
        {pushes.length === 0 ? (
          <p class="notice">还没有收到推送。第一期刊发以后，这里很快就会有内容。</p>
        ) : (
          <>
            <p class="tally">
              <strong>{uids.length}</strong> 条不同的推文，分 <strong>{pushes.length}</strong> 次推送
              {pushes.length === SHOWN && "（只列最近的）"}。
            </p>
            <ol class="pushes">
              {pushes.map((push) => (
                <Push push={push} posts={posts} />
              ))}
            </ol>
          </>
        )}
      </>
    ),
  });
}

function Push({ push, posts }: { push: InboxRow & Pushed; posts: ReadonlyMap<string, PostSummary> }) {
  const zone = posts.get(push.entries[0]?.post.id ?? "")?.timeZone ?? OFFICE_ZONE;
  return (
    <li>
      <p class="facts">
        <Moment at={push.receivedAt} zone={zone} />
        <span>{push.entries.length + push.alerts.length} 条</span>
        <span class={push.times > 1 ? "mark" : undefined}>收到 {push.times} 次</span>
      </p>
      <ul>
        {push.entries.map((entry) => (
          <li>
            <Line entry={entry} post={posts.get(entry.post.id)} />
          </li>
        ))}
        {push.alerts.map((alert) => (
          <li>
            <span class="kind mark">提醒</span> {alert.title}
          </li>
        ))}
      </ul>
    </li>
  );
}

function Line({ entry, post }: { entry: Entry; post: PostSummary | undefined }) {
  return (
    <>
      <span class="what">
        <span class={entry.kind === "published" ? undefined : "mark"}>{KINDS[entry.kind]}</span>
        {post && ` ${post.publicationName}第 ${post.position} 条`}
      </span>
      <span class="which">
        {post?.recalledAt === null ? (
          <a href={postPath(post.uid)}>{entry.post.title}</a>
        ) : (
          // The page is public: a title that was recalled is not shown again, whatever the inbox still holds.
          <em>此条已撤回</em>
        )}
        {entry.note && <span class="note">（{entry.note}）</span>}
      </span>
    </>
  );
}
