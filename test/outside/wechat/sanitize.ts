/** The platform's view of an article's HTML: what it keeps is kept byte for byte. */
import { attributeStays, HOSTS, LINK_HOST, STYLES_REMOVED, SVG, TAGS, VOID, WITH_CONTENT } from "./allowed.ts";

const TOKEN = new RegExp(
  [
    String.raw`<!--[\s\S]*?(?:-->|$)`,
    String.raw`<[!?][^>]*(?:>|$)`,
    String.raw`<(\/?)([a-zA-Z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)(?:>|$)`,
    // A tag whose quotes do not end.
    String.raw`<\/?[a-zA-Z][^>]*(?:>|$)`,
  ].join("|"),
  "g",
);
const ATTRIBUTE = /\s*([^\s=/>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?|\s*\/|[^\s]/g;

const unquoted = (value = ""): string =>
  (/^["']/.test(value) ? value.slice(1, -1) : value)
    .replaceAll(/&#x([\da-f]+);?/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16) % 0x110000))
    .replaceAll(/&#(\d+);?/g, (_, digits: string) => String.fromCodePoint(Number(digits) % 0x110000))
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

function hostOf(address: string): string | null {
  if (!/^https?:\/\//i.test(address.trim())) return null;
  try {
    const { host } = new URL(address);
    return host;
  } catch {
    return null;
  }
}

const ownPicture = (address: string): boolean => HOSTS.has(hostOf(address) ?? "");

/** Declarations, apart: a `;` in quotes or brackets ends none. */
const declarations = (style: string): string[] => style.match(/(?:"[^"]*"|'[^']*'|\([^)]*\)|[^;"'(]|["'(])+;?/g) ?? [];

function declarationStays(declaration: string): boolean {
  const at = declaration.indexOf(":");
  const name = declaration.slice(0, at).trim().toLowerCase();
  const value = declaration.slice(at + 1);
  if (at === -1 || name.startsWith("--") || STYLES_REMOVED.has(name)) return declaration.trim() === "";
  if (/var\(|expression\(|javascript:|@import/i.test(value)) return false;
  return [...value.matchAll(/url\(\s*["']?([^"')]*)/gi)].every(([, address]) => ownPicture(address!));
}

/** The attributes of a start tag, of which those stay that may. */
function attributes(tag: string, raw: string, removed: string[]): string {
  return raw.replaceAll(ATTRIBUTE, (whole: string, given: string | undefined, value: string | undefined) => {
    const name = given?.toLowerCase();
    if (name === undefined) return whole;
    if (!attributeStays(tag, name) || (name === "style" && tag === "code")) {
      removed.push(`${tag} ${name}`);
      return "";
    }
    if (name !== "style" || value === undefined) return whole;
    const all = declarations(unquoted(value));
    const kept = all.filter(declarationStays);
    if (kept.length === all.length) return whole;
    for (const lost of all) if (!kept.includes(lost)) removed.push(`${tag} style ${lost.split(":")[0]!.trim()}`);
    return kept.length === 0 ? "" : ` style="${kept.join("").trim().replaceAll('"', "&quot;")}"`;
  });
}

function valueOf(raw: string, wanted: string): string {
  for (const [, name, value] of raw.matchAll(ATTRIBUTE)) if (name?.toLowerCase() === wanted) return unquoted(value);
  return "";
}

/** Where an element that opened at `from` is closed: behind its end tag, or at the end of all. */
function behind(html: string, tag: string, from: number): number {
  const pattern = new RegExp(`<(/?)${tag}(?=[\\s/>])[^>]*>`, "gi");
  pattern.lastIndex = from;
  for (let depth = 1, found = pattern.exec(html); found; found = pattern.exec(html)) {
    depth += found[1] === "/" ? -1 : 1;
    if (depth === 0) return pattern.lastIndex;
  }
  return html.length;
}

/** A video of the platform's own, which it shows in a frame. */
const ownFrame = (tag: string, raw: string): boolean =>
  tag === "iframe" && /\bvideo_iframe\b/.test(valueOf(raw, "class")) && valueOf(raw, "data-mpvid") !== "";

/**
 * What the platform stores of an article's HTML, and what it took out, in order: tags by name, attributes as `p id`,
 * declarations as `p style position`, links and pictures with their address. Text stays as it is.
 */
export function sanitize(html: string): { html: string; removed: string[] } {
  const removed: string[] = [];
  // What is left around a removed piece may make a new one.
  let before: number;
  do {
    before = removed.length;
    html = pass(html, removed);
  } while (removed.length > before);
  return { html, removed };
}

function pass(html: string, removed: string[]): string {
  const links: boolean[] = [];
  let kept = "";
  let at = 0;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(html); found; found = TOKEN.exec(html)) {
    const [whole, slash, given, raw = ""] = found;
    kept += html.slice(at, found.index);
    at = TOKEN.lastIndex;
    if (given === undefined) {
      removed.push(/^<[!?]/.test(whole) ? "comment" : "broken tag");
      continue;
    }
    const tag = given.toLowerCase();
    const open = slash === "";
    if (ownFrame(tag, raw)) {
      at = TOKEN.lastIndex = behind(html, tag, at);
      kept += html.slice(found.index, at);
    } else if (WITH_CONTENT.has(tag)) {
      if (open) removed.push(tag);
      if (open && !VOID.has(tag)) at = TOKEN.lastIndex = behind(html, tag, at);
    } else if (!TAGS.has(tag) && !SVG.has(tag)) {
      if (open) removed.push(tag);
    } else if (tag === "a") {
      const stays = open ? hostOf(valueOf(raw, "href")) === LINK_HOST : links.pop() === true;
      if (open) links.push(stays);
      if (open && !stays) removed.push(`a ${valueOf(raw, "href")}`);
      if (stays) kept += open ? `<${given}${attributes(tag, raw, removed)}>` : whole;
    } else if (tag === "img" && !ownPicture(valueOf(raw, "src"))) removed.push(`img ${valueOf(raw, "src")}`);
    else kept += open ? `<${given}${attributes(tag, raw, removed)}>` : whole;
  }
  return kept + html.slice(at);
}
