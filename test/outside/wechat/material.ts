/** Pictures: those of a text, held at an address, and those of the library (developers.weixin.qq.com, 素材管理). */
import { type Call, get, type Handlers, letters, OK, post, Refusal, seconds, type Upload } from "./state.ts";

export const CDN = "mmbiz.qpic.cn";
const MIB = 1024 * 1024;

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean => start.every((byte, at) => bytes[at] === byte);
const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/** What a file is by its bytes; null: no image that the platform has heard of. */
function imageType(bytes: Uint8Array): "png" | "jpeg" | "gif" | "bmp" | "webp" | "avif" | null {
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return "jpeg";
  const head = ascii(bytes, 0, 12);
  if (head.startsWith("GIF8")) return "gif";
  if (head.startsWith("BM")) return "bmp";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "webp";
  if (/ftyp(?:avif|heic)/.test(head)) return "avif";
  return null;
}

function picture(file: Upload | null, types: readonly string[]): { file: Upload; type: string } {
  if (!file || file.name === "") throw new Refusal(41005);
  if (file.bytes.length === 0) throw new Refusal(44001);
  const type = imageType(file.bytes);
  if (type === "webp" || type === "avif") throw new Refusal(40137);
  if (type === null || !types.includes(type)) throw new Refusal(40005);
  return { file, type };
}

/** Puts a picture on the platform's own host. */
function hold({ world }: Call, { file, type }: { file: Upload; type: string }): string {
  const path = `/sz_mmbiz_${type === "jpeg" ? "jpg" : type}/${letters(world, 60)}/0`;
  world.images.set(path, { bytes: file.bytes, type: `image/${type}` });
  return `http://${CDN}${path}?wx_fmt=${type}`;
}

function uploadImage(call: Call): object {
  const found = picture(call.file, ["png", "jpeg"]);
  if (found.file.bytes.length >= MIB) throw new Refusal(40009);
  call.effect("upload", found.file.hash);
  return { url: hold(call, found) };
}

function addMaterial(call: Call): object {
  const { account, world, query, now } = call;
  const type = query.get("type");
  if (type !== "image" && type !== "thumb") throw new Refusal(40004);
  const found = picture(call.file, type === "thumb" ? ["jpeg"] : ["png", "jpeg", "gif", "bmp"]);
  if (found.file.bytes.length > (type === "thumb" ? 64 * 1024 : 10 * MIB)) throw new Refusal(45001);
  if (account.materials.size >= account.library) throw new Refusal(45001, "material count out of limit");
  const { hash, name } = found.file;
  const media_id = letters(world, 64);
  const url = hold(call, found);
  account.materials.set(media_id, { media_id, type, name, url, hash, update_time: seconds(now) });
  call.effect("upload", hash);
  return { media_id, url, item: [] };
}

export const materialHandlers: Handlers = {
  "/cgi-bin/media/uploadimg": post(uploadImage),
  "/cgi-bin/material/add_material": post(addMaterial),
  "/cgi-bin/material/del_material": post(({ account, body, effect }) => {
    const media_id = String(body["media_id"] ?? "");
    if (!account.materials.delete(media_id)) throw new Refusal(40007);
    effect("delete", media_id);
    return OK;
  }),
  "/cgi-bin/material/get_materialcount": get(({ account }) => ({
    voice_count: 0,
    video_count: 0,
    image_count: account.materials.size,
    news_count: 0,
  })),
  "/cgi-bin/material/batchget_material": post(({ account, body }) => {
    const [offset, count] = [Number(body["offset"] ?? 0), Number(body["count"] ?? 0)];
    if (!(offset >= 0) || !(count >= 1 && count <= 20)) throw new Refusal(40035);
    const all = [...account.materials.values()].filter(({ type }) => type === body["type"]);
    const item = all.slice(offset, offset + count).map(({ media_id, name, update_time, url }) => ({
      media_id,
      name,
      update_time,
      url,
    }));
    return { total_count: all.length, item_count: item.length, item };
  }),
};
