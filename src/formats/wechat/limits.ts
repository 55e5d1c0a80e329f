/**
 * What WeChat takes, as data: developers.weixin.qq.com, draft/add (title, author, digest: “字”, counted as code points;
 * content: fewer than 20,000 characters and less than 1 MB) and media/uploadimg (jpg or png, less than 1 MB).
 */
export const WECHAT_LIMITS = {
  title: 32,
  author: 16,
  digest: 128,
  /** Rendered HTML, tags included. */
  characters: 20_000,
  bytes: 1_048_576,
  /** From this share of the room on the editor is told. */
  near: 0.9,
  picture: { types: ["image/jpeg", "image/png"] as readonly string[], bytes: 1_048_576 },
  /** A cover is material (add_material, type image): up to 10 MB. */
  cover: { types: ["image/jpeg", "image/png", "image/gif"] as readonly string[], bytes: 10_485_760 },
};
