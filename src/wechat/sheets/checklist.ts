/** What a person copies and looks at on a hand-over sheet: plain functions of its posts. */
import type { Content } from "../../articles/types.ts";
import { picturesOf } from "../../articles/media.ts";
import { authorIn, titleWithin } from "../../channels/wechat/articles.ts";
import { coverOf, parseMarkdown, renderText } from "../../formats/index.ts";
import { hashtag } from "../../handover/pack.ts";
import { absolute } from "../../platform/address.ts";
import type { Change } from "./changes.ts";
import { changesOf, SITE_LIMIT } from "./changes.ts";
import type { SheetPost } from "./sheet-posts.ts";
import type { SheetKind } from "./sheet-store.ts";

/** A line to tick: what it is called, what to copy (null: nothing), and what to do with it. */
interface Line {
  name: string;
  copy: string | null;
  todo: string;
}

/** What a sheet asks for an article. */
interface Task {
  lines: Line[];
  /** Of a correction: what differs from what readers have. */
  changes: Change[];
  /** What to look at first. */
  warnings: string[];
}

type Meta = Pick<Content, "credits" | "cover" | "source">;

function sendLines(post: SheetPost, siteUrl: string): Line[] {
  const { credits, cover, source } = JSON.parse(post.meta) as Meta;
  const { wide } = coverOf({ cover, column: post.column, publication: post.publication }, picturesOf(post.pictures));
  const topic = post.columnName === null ? null : hashtag(post.columnName);
  return [
    { name: "标题", copy: titleWithin(post.title), todo: "核对" },
    { name: "作者", copy: authorIn(credits, post.unitName ?? post.publicationName), todo: "核对" },
    { name: "摘要", copy: post.digest, todo: "核对" },
    post.kind === "reprint"
      ? { name: "原创声明", copy: null, todo: `不声明原创：转载自${source?.name ?? "他处"}` }
      : { name: "原创声明", copy: null, todo: "打开“声明原创”" },
    ...(post.columnName === null ? [] : [{ name: "合集", copy: post.columnName, todo: "加入这个合集" }]),
    ...(topic === null ? [] : [{ name: "话题", copy: topic, todo: "添加这个话题" }]),
    { name: "原文链接", copy: `${siteUrl}/posts/${post.postUid}`, todo: "核对" },
    { name: "封面", copy: absolute(wide, siteUrl), todo: "核对裁剪" },
  ];
}

function correction(post: SheetPost): Pick<Task, "lines" | "changes" | "warnings"> {
  const text = (markdown: string): string => renderText(parseMarkdown(markdown));
  const { changes, onSite } = changesOf(
    { title: post.oldTitle ?? post.title, text: text(post.oldMarkdown ?? post.markdown) },
    { title: post.title, text: text(post.markdown) },
  );
  const place = { name: "文章", copy: post.url, todo: "在公众平台“发表记录”里找到它" };
  const lines = onSite
    ? [place, { name: "修改", copy: null, todo: "点“修改”，照下面的对照改正文" }]
    : [
        place,
        { name: "删除", copy: null, todo: "在“发表记录”里删除它，按更正后的稿件重新发表；或另发一则更正" },
        { name: "新地址", copy: null, todo: "重新发表的，完成时把新地址填进来" },
      ];
  const why =
    changes.length === 0
      ? "对照不出差别：请核对全文。"
      : onSite
        ? `改动不超过 ${SITE_LIMIT} 个字，可以直接修改。每篇只能修改一次，改好再提交。`
        : `公众平台只让改正文的 ${SITE_LIMIT} 个字以内，且不能改标题：这次改动超出了。`;
  return { lines, changes, warnings: [why] };
}

/** What a sheet of this kind asks for one of its posts. `openedAt`: when the draft was made. */
export function taskOf(kind: SheetKind, post: SheetPost, siteUrl: string, openedAt: number): Task {
  if (kind === "takedown")
    return {
      lines: [{ name: "文章", copy: post.url, todo: "在公众平台“发表记录”里删除它" }],
      changes: [],
      warnings: post.state === "published" ? [] : ["记录里它已经删除：请核对后直接勾“完成”。"],
    };
  if (post.recalledAt !== null)
    return {
      lines: [],
      changes: [],
      warnings: [
        kind === "send" ? `已撤回：撤下第 ${post.idx} 条后再发。` : "已撤回：不用再改，系统会把它从公众号删除。",
      ],
    };
  if (kind === "correct") return correction(post);
  const corrected = post.correctedAt !== null && post.correctedAt > openedAt;
  return {
    lines: sendLines(post, siteUrl),
    changes: [],
    warnings: corrected ? [`草稿做好以后稿件更正过：发之前先把第 ${post.idx} 条改成更正后的正文。`] : [],
  };
}
