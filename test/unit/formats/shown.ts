/** What a reader of a format in HTML must see, word for word: told from the tree, without any renderer. */
import type { Token, Tokens } from "marked";
import {
  cardParts,
  figuresOf,
  imageOf,
  imageTitle,
  isBreak,
  linkUrl,
  spelledOut,
} from "../../../src/formats/render.ts";
import { contentOf, type KanfaToken, known, literal } from "../../../src/formats/tokens.ts";
import { type Doc, walkDoc } from "../../../src/formats/tree.ts";

type Shown = (src: string) => boolean;

/** Whether nothing at all stands in a link: then its address does. */
function isBare(link: Tokens.Link, shown: Shown): boolean {
  const empty = (token: KanfaToken): boolean => {
    switch (token.type) {
      case "image":
        return !shown(imageOf(token).src) && imageOf(token).alt === "";
      case "html":
        return !isBreak(token) && literal(token) === "";
      case "text":
        return token.tokens === undefined ? literal(token) === "" : known(token.tokens).every(empty);
      case "escape":
        return literal(token) === "";
      case "strong":
      case "em":
      case "del":
      case "codespan":
      case "br":
      case "noteRef":
        return false;
      case "link":
        return linkUrl(token) === null && known(contentOf(token)).every(empty);
      default:
        return true;
    }
  };
  return known(contentOf(link)).every(empty);
}

/** The words in order; `shown` tells of an image's address whether it becomes a picture. */
export function shownWords(doc: Doc, shown: Shown): string {
  const words: string[] = [];
  // What a figure or a card has said of its image, or has no need to say.
  const told = new Set<Token>();

  const picture = (token: Tokens.Image): void => {
    if (!told.has(token) && !shown(imageOf(token).src)) words.push(imageOf(token).alt);
  };

  walkDoc(doc, (token) => {
    switch (token.type) {
      case "paragraph":
        for (const { image, caption } of figuresOf(token.tokens)) {
          told.add(image);
          if (caption.length === 0) words.push(imageTitle(image) || imageOf(image).alt);
        }
        break;
      case "card": {
        const { image } = cardParts(token);
        const alone = token.lines.find((line) => line.length === 1 && line[0]?.type === "image")?.[0];
        if (image !== null && !shown(image.src)) words.push(image.alt);
        if (alone) told.add(alone);
        break;
      }
      case "image":
        picture(token);
        break;
      case "link": {
        const url = linkUrl(token);
        if (url !== null && isBare(token, shown)) words.push(spelledOut(url));
        break;
      }
      case "text":
        if (token.tokens === undefined) words.push(literal(token));
        break;
      case "html":
        if (!isBreak(token)) words.push(literal(token));
        break;
      case "code":
      case "codespan":
      case "escape":
        words.push(literal(token));
        break;
      case "noteRef":
        if (token.note === null) words.push(token.raw);
    }
  });
  return words.join("");
}
