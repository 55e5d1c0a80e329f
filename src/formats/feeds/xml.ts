/**
 * XML by construction: whatever the strings are, the document is well-formed. feedsmith's generators are not used: they let
 * control characters through, put white space around what they wrap in CDATA, and drop an empty list of items.
 */

// All that XML 1.0 (2.2) has no way to write, not even as a reference.
const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const legal = (text: string): string => text.toWellFormed().replace(ILLEGAL, "");

/** Namespace of Media RSS (rssboard.org/media-rss), which feed readers know in Atom too. */
export const MEDIA_RSS = "http://search.yahoo.com/mrss/";

/** XML that is complete in itself. Only this file makes it. */
interface Xml {
  readonly xml: string;
}

/** Text, escaped. */
function text(value: string): Xml {
  return { xml: legal(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;") };
}

/** Markup carried as text, in a CDATA section: what is long and full of tags stays readable. */
export function cdata(value: string): Xml {
  return { xml: `<![CDATA[${legal(value).replaceAll("]]>", "]]]]><![CDATA[>")}]]>` };
}

/** An element. Attributes without a value and children that are null are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Xml | string | null | readonly (Xml | null)[])[]
): Xml {
  const attrs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${text(value).xml.replaceAll('"', "&quot;")}"`,
  );
  const inner = children.flat().map((child) => (typeof child === "string" ? text(child).xml : (child?.xml ?? "")));
  const content = inner.join("");
  return { xml: content === "" ? `<${name}${attrs.join("")}/>` : `<${name}${attrs.join("")}>${content}</${name}>` };
}

/** A whole document. */
export function xmlDocument(root: Xml): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${root.xml}\n`;
}
