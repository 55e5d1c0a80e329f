/** The picture that stands for an article, and the crops of it that WeChat wants. Pictures are made elsewhere: here they are picked. */
import { safeUrl } from "./html.ts";
import prebuilt from "../../public/covers/manifest.json" with { type: "json" };

/** A cover of `npm run covers`: a path of the site, its size in pixels, and its bytes. */
interface PrebuiltFile {
  path: string;
  width: number;
  height: number;
  bytes: number;
}

/** One cover in WeChat's two shapes, 2.35:1 and 1:1. */
export interface Prebuilt {
  wide: PrebuiltFile;
  square: PrebuiltFile;
}

/** The prebuilt covers, by the ids of columns and publications; `plain` bears no name. */
export interface Manifest {
  plain: Prebuilt;
  publications: Record<string, Prebuilt>;
  columns: Record<string, Prebuilt>;
}

/** The covers that are deployed with this Worker. */
export const PREBUILT: Manifest = prebuilt;

/** What is known of an uploaded picture; the size in pixels, as it is shown, is null where nobody has read it. */
export interface Picture {
  /** As manuscripts name it: `/media/<hash>.<ending>`. */
  src: string;
  type: string;
  width: number | null;
  height: number | null;
}

/** A part of a picture as WeChat's `draft/add` takes it: `X1_Y1_X2_Y2`, fractions of width and height from the top left. */
interface Crops {
  pic_crop_235_1: string;
  pic_crop_1_1: string;
}

export interface Cover {
  /** Where it comes from: given with the article, its text's first picture, or prebuilt. */
  from: "article" | "text" | "column" | "publication" | "plain";
  /** What is shown where a wide picture stands: a path of the site, or an http(s) address that a reader may be sent to. */
  wide: string;
  /** The same where a square one stands. */
  square: string;
  /** The size of `wide`; null if unknown. */
  size: { width: number; height: number } | null;
  /** The crops of `wide`; null if its size is unknown: WeChat then crops by itself. */
  crops: Crops | null;
}

/** WeChat's wide cover (`pic_crop_235_1`). */
const WIDE = 2.35;

/** Six decimals, the most that WeChat takes. */
const fraction = (value: number): number => Math.round(value * 1e6) / 1e6;

/**
 * The largest part of a picture that has the ratio, as [x1, y1, x2, y2]: in the middle, but of a portrait around its upper
 * third, where faces are. A picture that lacks less than a pixel of the ratio is taken whole.
 */
export function cropOf(width: number, height: number, ratio: number): [number, number, number, number] {
  const wanted = Math.min(width, height * ratio);
  if (width - wanted >= 1) {
    const x = (1 - wanted / width) / 2;
    return [fraction(x), 0, fraction(1 - x), 1];
  }
  const share = Math.min(1, width / ratio / height);
  if (height * (1 - share) < 1) return [0, 0, 1, 1];
  const middle = height > width ? 1 / 3 : 1 / 2;
  const y = Math.max(0, middle - share / 2);
  return [0, fraction(y), 1, fraction(y + share)];
}

function cropsOf(width: number, height: number): Crops {
  const text = (ratio: number) => cropOf(width, height, ratio).join("_");
  return { pic_crop_235_1: text(WIDE), pic_crop_1_1: text(1) };
}

function pictured(from: Cover["from"], src: string, picture: Picture | undefined): Cover {
  const { width = null, height = null } = picture ?? {};
  const size = width === null || height === null ? null : { width, height };
  return { from, wide: src, square: src, size, crops: size && cropsOf(size.width, size.height) };
}

function drawn(from: Cover["from"], { wide, square }: Prebuilt): Cover {
  const { width, height } = wide;
  return { from, wide: wide.path, square: square.path, size: { width, height }, crops: cropsOf(width, height) };
}

/** Below this nothing is left of a picture at the size of a cover: an icon, a line. Pixels of the shorter side. */
const LEAST = 200;

/** A cover has to pass WeChat's upload (`add_material`, reference of `draft/add`): GIF and WebP of a text do not. */
function fitsCover({ type, width, height }: Picture): boolean {
  if (type !== "image/jpeg" && type !== "image/png") return false;
  return width === null || height === null || Math.min(width, height) >= LEAST;
}

/**
 * The cover of an article: its own if it was given one, else the first JPEG or PNG among `pictures` (those of ours in its
 * text, in reading order; an own cover among them tells its size), else its column's prebuilt one, else its publication's,
 * else the plain one. Never without a picture. Pictures of other hosts in the text are passed over: nobody knows their size
 * or how long they stay.
 */
export function coverOf(
  article: { cover: string | null; column: string | null; publication: string },
  pictures: readonly Picture[],
  manifest: Manifest = PREBUILT,
): Cover {
  const { column, publication } = article;
  const own = article.cover === null ? null : safeUrl(article.cover, "image");
  if (own !== null) {
    const facts = pictures.find(({ src }) => src === own);
    return pictured("article", own, facts);
  }
  const first = pictures.find(fitsCover);
  if (first) return pictured("text", first.src, first);
  const ofColumn = column !== null && Object.hasOwn(manifest.columns, column) ? manifest.columns[column] : undefined;
  if (ofColumn) return drawn("column", ofColumn);
  const ofPublication = Object.hasOwn(manifest.publications, publication)
    ? manifest.publications[publication]
    : undefined;
  return ofPublication ? drawn("publication", ofPublication) : drawn("plain", manifest.plain);
}
