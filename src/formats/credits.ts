/** What a line of its own says about a text: where it comes from (出处), or who made it (署名). */
export type Credit = "source" | "byline";

const LONGEST = 80;
const SOURCE = /^(?:来源|信息来源|稿件来源|文章来源|素材来源|图片来源|出处|转自|转载自)\s*[:：|丨]\s*\S/;
const ROLE = new RegExp(
  "^(?:本报|本台|本网|见习|实习|特约|全媒体)?(?:记者|通讯员|实习生|作者|撰稿|撰文|供稿|供图|文|图|文图|图文|摄|摄影|摄像|拍摄|" +
    "编辑|责编|责任编辑|美编|排版|制作|校对|初审|复审|终审|一审|二审|三审|审核|审读|审签|签发|监制|策划|统筹|出品|主编|副主编|总编辑)$",
);
// 记者王芳: no space between the two; with other roles that would take 编辑部 for somebody called 部.
const FUSED = /^(?:本报|本台|本网|见习|实习|特约|全媒体)?(?:记者|通讯员|实习生)\p{Script=Han}{2,4}$/u;
const NAME = /^[\p{Script=Han}A-Za-z·•]{2,16}$/u;
const SENTENCE = /[。！？!?；]/;
const BRACKETS = /^[（(【]\s*(.*?)\s*[）)】]$/;

/**
 * Whether a paragraph is one line of credit: `来源：…`, `记者 王芳 通讯员 李四`, `（通讯员李四 摄）`, `编辑：… 校对：… 审核：…`.
 * `text` is the paragraph's words. Null for anything that could be a sentence.
 */
export function creditLine(text: string): Credit | null {
  const line = text.trim();
  if (line === "" || line.length > LONGEST || line.includes("\n") || SENTENCE.test(line)) return null;
  const words = line.replace(BRACKETS, "$1");
  if (SOURCE.test(words)) return "source";
  const parts = words.split(/[\s\u3000、，,:：|丨/]+/).filter(Boolean);
  const isRole = (part: string | undefined): boolean =>
    part !== undefined && part !== "" && (ROLE.test(part) || FUSED.test(part));
  if (!isRole(parts[0]) && !isRole(parts.at(-1))) return null;
  const people = parts.filter((part) => !ROLE.test(part));
  return people.length > 0 && people.every((part) => NAME.test(part)) ? "byline" : null;
}
