/**
 * What WeChat takes, as data: developers.weixin.qq.com, draft/add (title, author, digest: “字”, counted as code points;
 * content: fewer than 20,000 characters and less than 1 MB) and media/uploadimg (jpg or png, less than 1 MB).
 */
export const LIMITS = {
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

/** The linter's own bounds, so that no manuscript makes a request slow. */
export const BOUNDS = {
  /** UTF-16 units of the text that most rules read; secrets and word lists are looked for in all of it. */
  read: 200_000,
  /** UTF-16 units of text whose punctuation is proofread: the costliest part. */
  proofread: 20_000,
  findings: 300,
  excerpt: 40,
};
