import { escapeHtml } from "../../formats/index.ts";

// What an article's page at WeChat says of its content, as far as it shows: the rules of `.rich_media_content` on saved
// pages, in our own words. The tables' are UEditor's.
const SHEET = `
* { margin: 0; padding: 0; box-sizing: border-box }
body { margin: 0 auto; padding: 20px 16px; max-width: 709px; color: rgba(0, 0, 0, .9); background: #fff; text-align: justify;
  font: 17px/1.6 "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif }
h1 { margin-bottom: 14px; font-size: 22px; font-weight: 500; line-height: 1.4 }
h2, h3, h4, h5, h6 { font-size: 16px; font-weight: 400 }
section * { max-width: 100%; overflow-wrap: break-word }
p { min-height: 1em }
a { color: #576b95; text-decoration: none }
img { height: auto; vertical-align: bottom }
blockquote { padding-left: 10px; border-left: 3px solid #dbdbdb }
table { width: 100%; margin-bottom: 10px; border-collapse: collapse }
td, th { padding: 5px 10px; border: 1px solid #ddd; word-break: break-all }
th { border-top: 2px solid #bbb; background: #f7f7f7 }
`;

/** The body of an article on a page like WeChat's own: it relies on that page's rules and looks wrong without them. */
export function wechatPage(title: string, body: string): string {
  return (
    `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><style>${SHEET}</style></head>` +
    `<body><h1>${escapeHtml(title)}</h1>${body}</body></html>`
  );
}
