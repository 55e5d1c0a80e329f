import { decodeEntities } from "./entities.ts";
import { type Doc, walkDoc } from "./tree.ts";

/**
 * The addresses of the images in a manuscript, each once, in reading order, those in lists, tables and links too:
 * the same strings that the renderers ask their image map about. They are not judged: some may be no address at all.
 */
export function imageSources(doc: Doc): string[] {
  const sources = new Set<string>();
  walkDoc(doc, (token) => {
    if (token.type === "image") sources.add(decodeEntities(token.href));
  });
  return [...sources];
}
