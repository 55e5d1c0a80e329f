import { type Context, placeIn, type Rule } from "../context.ts";
import { WECHAT_LIMITS as LIMITS } from "../../formats/index.ts";
import type { Finding, MediaFact, Place } from "../types.ts";

const size = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

function* unfit(what: string, place: Place, fact: MediaFact): Iterable<Finding> {
  if (fact.is === "missing")
    yield {
      rule: "picture-missing",
      severity: "error",
      place,
      message: `${what}在素材库里找不到，读者会看到空白。请重新上传后换上新地址。`,
    };
  if (fact.is !== "ours") return;
  if (fact.type === "image/gif")
    yield {
      rule: "picture-type",
      severity: "hint",
      place,
      message: `${what}是 GIF，发到公众号时只留第一帧。要紧的内容请放在第一帧。`,
    };
  if (fact.size >= LIMITS.picture)
    yield {
      rule: "picture-size",
      severity: "hint",
      place,
      message: `${what}有 ${size(fact.size)}，发到公众号时会压缩到 1 MB 以内，小字可能变糊。要保清楚请先自行缩小。`,
    };
}

/** The ending of an address that names a picture of no use to WeChat; an address alone tells no more. */
function outsideType(src: string): string | null {
  const ending = /\.(svg|bmp|avif|heic)(?:[?#]|$)/i.exec(src)?.[1];
  return ending === undefined ? null : ending.toLowerCase();
}

function* outside(what: string, place: Place, src: string): Iterable<Finding> {
  const ending = outsideType(src);
  yield {
    rule: "picture-outside",
    severity: "hint",
    place,
    message: `${what}在别的网站上，发公众号时才去取，取不到就缺图；对方删图后网站上也会缺图。请下载后上传到素材库。`,
  };
  if (ending !== null)
    yield {
      rule: "picture-type",
      severity: "warning",
      place,
      message: `${what}是 ${ending.toUpperCase()} 格式，公众号上会缺图。请转换成 JPEG 或 PNG 后上传。`,
    };
}

function* about(c: Context, what: string, place: Place, src: string): Iterable<Finding> {
  const fact = c.media(src);
  yield* fact.is === "outside" ? outside(what, place, src) : unfit(what, place, fact);
}

/** Pictures and the cover: there, described, and what WeChat's readers will not see of them. */
export const pictures: Rule = function* (c) {
  for (const { src, alt, from, to } of c.pictures) {
    const place = placeIn(c, "markdown", from, to);
    const what = alt.trim() === "" ? "这张图片" : `图片“${alt.trim().slice(0, 20)}”`;
    yield* about(c, what, place, src);
    if (alt.trim() === "")
      yield {
        rule: "picture-alt",
        severity: "hint",
        place,
        message: "图片没有说明文字，看不到图的读者不知道画面内容。请在方括号里写一句图说。",
      };
  }
  const { cover } = c.manuscript;
  if (cover !== null) yield* about(c, "封面", { field: "cover" }, cover);
};
