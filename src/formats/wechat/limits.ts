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
  /**
   * Fewer bytes than this a picture has when it is uploaded (“1MB 以下”, read the narrow way). Covers, of which the platform
   * takes 10 MB, are kept to it too: they are shown no larger.
   */
  picture: 1_000_000,
};
