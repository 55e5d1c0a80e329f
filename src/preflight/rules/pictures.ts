import { type Context, placeIn, type Rule } from "../context.ts";
import { WECHAT_LIMITS as LIMITS } from "../../formats/index.ts";
import type { Finding, MediaFact, Place } from "../types.ts";

const KINDS: Readonly<Record<string, string>> = {
  "image/gif": "GIF",
  "image/webp": "WebP",
  "image/jpeg": "JPEG",
  "image/png": "PNG",
};
const size = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

interface Taken {
  types: readonly string[];
  bytes: number;
}

function* unfit(what: string, place: Place, fact: MediaFact, taken: Taken): Iterable<Finding> {
  if (fact.is === "missing")
    yield {
      rule: "picture-missing",
      severity: "error",
      place,
      message: `${what}在素材库里找不到，读者会看到空白。请重新上传后换上新地址。`,
    };
  if (fact.is !== "ours") return;
  const types = taken.types.map((type) => KINDS[type]).join("、");
  if (!taken.types.includes(fact.type))
    yield {
      rule: "picture-type",
      severity: "warning",
      place,
      message: `${what}是 ${KINDS[fact.type] ?? fact.type} 格式，公众号只收 ${types}。请转换格式后重新上传。`,
    };
  if (fact.size >= taken.bytes)
    yield {
      rule: "picture-size",
      severity: "warning",
      place,
      message: `${what}有 ${size(fact.size)}，公众号要求小于 ${size(taken.bytes)}。请压缩后重新上传。`,
    };
}

/** Whether an address ends like a picture that WeChat does not take; an address alone tells no more. */
function outsideType(src: string): string | null {
  const ending = /\.(gif|webp|svg|bmp|avif|heic)(?:[?#]|$)/i.exec(src)?.[1];
  return ending === undefined ? null : ending.toLowerCase();
}

function* outside(what: string, place: Place, src: string): Iterable<Finding> {
  const ending = outsideType(src);
  yield {
    rule: "picture-outside",
    severity: "hint",
    place,
    message: `${what}在别的网站上，公众号会滤掉，对方删图后网站上也会缺图。请下载后上传到素材库。`,
  };
  if (ending !== null)
    yield {
      rule: "picture-type",
      severity: "warning",
      place,
      message: `${what}是 ${ending.toUpperCase()} 格式，公众号只收 JPEG、PNG。请转换格式后上传。`,
    };
}

function* about(c: Context, what: string, place: Place, src: string, taken: Taken): Iterable<Finding> {
  const fact = c.media(src);
  yield* fact.is === "outside" ? outside(what, place, src) : unfit(what, place, fact, taken);
}

/** Pictures and the cover: there, of a type and size that WeChat takes, described. */
export const pictures: Rule = function* (c) {
  for (const { src, alt, from, to } of c.pictures) {
    const place = placeIn(c, "markdown", from, to);
    const what = alt.trim() === "" ? "这张图片" : `图片“${alt.trim().slice(0, 20)}”`;
    yield* about(c, what, place, src, LIMITS.picture);
    if (alt.trim() === "")
      yield {
        rule: "picture-alt",
        severity: "hint",
        place,
        message: "图片没有说明文字，看不到图的读者不知道画面内容。请在方括号里写一句图说。",
      };
  }
  const { cover } = c.manuscript;
  if (cover !== null) yield* about(c, "封面", { field: "cover" }, cover, LIMITS.cover);
};
