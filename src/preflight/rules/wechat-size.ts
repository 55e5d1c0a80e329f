import type { Context, Rule } from "../context.ts";
import { WECHAT_LIMITS as LIMITS } from "../../formats/index.ts";
import type { Finding, Meter } from "../types.ts";

/** What the manuscript takes of WeChat's room; null for a video. */
export function meterOf(c: Context): Meter | null {
  if (c.manuscript.kind === "video") return null;
  const html = c.wechat(c.doc);
  let characters = 0;
  for (const _ of html) characters++;
  const bytes = new TextEncoder().encode(html).length;
  return { characters, of: LIMITS.characters, bytes, of_bytes: LIMITS.bytes };
}

const say = (severity: Finding["severity"], message: string): Finding => ({
  rule: "wechat-size",
  severity,
  place: { field: "markdown" },
  message,
});

/** The rendered text within WeChat's room. Both limits are exclusive: “少于2万字符”, “小于1M”. */
export const wechatSize = (meter: Meter | null): Rule =>
  function* () {
    if (!meter) return;
    const { characters, of, bytes, of_bytes } = meter;
    if (characters >= of)
      yield say(
        "error",
        `正文排成公众号格式后有 ${characters} 个字符（含格式代码），必须少于 ${of} 个。请删减、少用表格，或分成两篇。`,
      );
    else if (characters >= of * LIMITS.near)
      yield say("hint", `正文排成公众号格式后有 ${characters} 个字符，已接近上限 ${of} 个，不宜再加内容。`);
    if (bytes >= of_bytes)
      yield say("error", `正文排成公众号格式后有 ${bytes} 字节，必须小于 ${of_bytes} 字节。请删减或分成两篇。`);
  };
