/** A manuscript's pictures as the Official Account takes them, wherever they are kept. */
import { mediaHash } from "../../articles/media.ts";
import type { Picture } from "../../channels/wechat/call.ts";
import { sha256 } from "../../platform/crypto.ts";
import { fitPicture } from "./fit.ts";
import type { LoadedPicture } from "../client/upload.ts";
import { fetchOutside, type OutsideDeps } from "./outside.ts";

/**
 * Gives a picture below 1 MB as JPEG or PNG. `hash` is the SHA-256 of what was found at `src`, before any conversion: the
 * same source is the same upload. `why` says in Chinese what is wrong and what to do. Never throws: a dead picture must
 * not cost the post.
 */
export type LoadPicture = (picture: Picture) => Promise<LoadedPicture>;

/** Where pictures are: `/media/…` in R2, `/covers/…` among the Worker's static assets, others on their sites. */
export interface PictureDeps extends OutsideDeps {
  media: R2Bucket;
  assets: Pick<Fetcher, "fetch">;
}

type Found = { type: "bytes"; bytes: Uint8Array<ArrayBuffer> } | { type: "missing"; why: string };

async function ours(deps: PictureDeps, path: string): Promise<Found> {
  const hash = mediaHash(path);
  if (hash !== null) {
    const object = await deps.media.get(hash);
    if (object) return { type: "bytes", bytes: new Uint8Array(await object.arrayBuffer()) };
  } else if (path.startsWith("/covers/")) {
    // The host is not asked: assets are told apart by their paths.
    const response = await deps.assets.fetch(new URL(path, "https://assets.invalid"));
    if (response.ok) return { type: "bytes", bytes: new Uint8Array(await response.arrayBuffer()) };
    await response.body?.cancel();
  }
  return { type: "missing", why: "图片在素材库里找不到。请重新上传后换上新地址。" };
}

/** The loader of an office's pictures. An address on this Worker's own site is read where it is kept. */
export function pictureLoader(deps: PictureDeps): LoadPicture {
  return async ({ src }) => {
    try {
      const path = src.startsWith(`${deps.siteUrl}/`) ? src.slice(deps.siteUrl.length) : src;
      const found = path.startsWith("/") ? await ours(deps, path) : await fetchOutside(deps, src);
      if (found.type === "missing") return found;
      const fitted = await fitPicture(found.bytes);
      return fitted.type === "missing" ? fitted : { ...fitted, hash: await sha256(found.bytes) };
    } catch {
      return { type: "missing", why: "图片现在读不出来。稍后再试；仍然不行，就重新上传后换上新地址。" };
    }
  };
}
