/** Who reports, as newspapers put it into the text itself: 本报讯（记者 甲）, 新华社北京10月15日电, （乙 摄）. */
import { creditLine } from "./credits.ts";

const ROLE =
  "(?:本报|本网|本台|本刊)?(?:特约|见习|实习)?(?:记者|通讯员|实习生|作者|摄影|撰稿|供稿|供图|编辑|校对|审核|文字|图片|文[/／]图|图[/／]文|来源)";
// Names, further roles and 文/图 alike: what stands between separators. Both are disjoint, so matching takes no time.
const WORD = "[\\p{Script=Han}·]{1,12}";
const SEPARATOR = "[\\s、:：/／]";
const BYLINE = `${ROLE}${SEPARATOR}*${WORD}(?:${SEPARATOR}+${WORD})*`;
const IN_BRACKETS = `[（(]\\s*(?:${BYLINE}|${WORD}(?:[\\s、]+${WORD})*[\\s]+摄)\\s*[）)]`;

const PAPER = "(?:本报|本网|本台|本刊|新华社|中新社|人民网|中新网)";
// 讯 and 电 begin other words too: 本报讯息中心, 本报电话.
const DATELINE =
  `[【\\[]?${PAPER}(?:[^，。！？；：“”（）()]{0,16}?\\d{1,2}日[讯电]|[^，。！？；：“”（）()\\d]{0,4}讯(?!息|号|问))` +
  `[】\\]]?`;
const REPORTS = `${ROLE}[\\s:：]*[\\p{Script=Han}·\\s、]{2,24}?报道[:：]?`;
const BULLET = "(?:[□■◎●○▲△◆]\\s*)?";

const start = new RegExp(`^${BULLET}(?:${DATELINE}\\s*(?:${IN_BRACKETS}|${REPORTS})?|${IN_BRACKETS})\\s*`, "u");
const end = new RegExp(`(?:${IN_BRACKETS}|(?<=[。！？”…])\\s*${WORD}(?:[\\s、]+${WORD})*\\s+摄)$`, "u");
const bullet = new RegExp(`^${BULLET}`, "u");

/** No byline is longer: what ends a paragraph is looked for in so many characters. */
const LONGEST = 80;

/** A paragraph's text without its dateline and the names of those who report; empty if it is nothing else. */
export function withoutByline(paragraph: string): string {
  const text = paragraph.trim();
  if (creditLine(text.replace(bullet, "")) !== null) return "";
  const begun = text.replace(start, "");
  return begun.slice(0, -LONGEST) + begun.slice(-LONGEST).replace(end, "").trimEnd();
}
