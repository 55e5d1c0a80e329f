/**
 * What stays of an article's HTML. The platform has no public list: this is what its users report to survive, and what
 * its pages say is taken out (developers.weixin.qq.com, 新增草稿: JavaScript and pictures from elsewhere).
 */
const names = (list: string): ReadonlySet<string> => new Set(list.split(" "));

export const TAGS = names(
  "section p span strong em b i u s del sub sup a h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code table caption colgroup " +
    "col thead tbody tfoot tr th td br img hr figure figcaption div center small big font mp-common-profile mpvoice",
);

/** Inside of a drawing; what needs `id`, `class` or an address does not work there. */
export const SVG = names(
  "svg g path rect circle ellipse line polyline polygon text tspan animate set animatetransform animatemotion foreignobject",
);

/** Taken out with everything in them. */
export const WITH_CONTENT = names(
  "script style iframe textarea select button object embed video audio canvas noscript template title defs math",
);

export const VOID = names("br img hr input link meta base embed col source area wbr param track");

export const HOSTS = names("mmbiz.qpic.cn mmecoa.qpic.cn");
export const LINK_HOST = "mp.weixin.qq.com";

const EVERYWHERE = names("style align");
const BY_TAG: Readonly<Record<string, ReadonlySet<string>>> = {
  a: names("href"),
  img: names("src alt"),
  td: names("colspan rowspan"),
  th: names("colspan rowspan"),
  ol: names("start type"),
  font: names("color"),
  "mp-common-profile": names("data-id data-nickname data-headimg data-signature"),
  mpvoice: names("voice_encode_fileid name"),
};
const NEVER_IN_SVG = /^(?:id|class|href|xlink:href|on.*|data-.*)$/;

export const attributeStays = (tag: string, name: string): boolean =>
  SVG.has(tag) ? !NEVER_IN_SVG.test(name) : EVERYWHERE.has(name) || (BY_TAG[tag]?.has(name) ?? false);

/** Of an element in flow: the platform takes an article's pieces where they stand. */
export const STYLES_REMOVED = names("position top left right bottom z-index behavior -moz-binding");
