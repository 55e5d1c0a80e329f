import { escapeHtml } from "../html.ts";
import { anchor, layout } from "./body.ts";
import * as style from "./styles.ts";

/** Who sends a letter. `site` is `https://host`; `unsubscribe` an address, or null where the sender adds its own. */
export type EmailFrame = {
  readonly publication: string;
  readonly site: string;
  readonly unsubscribe: string | null;
};

/** A letter's two parts, to be sent as `multipart/alternative`. */
export type Letter = { readonly html: string; readonly text: string };

// Gmail shows the first 102 KB of a letter's HTML and hides the rest behind a link, the footer with it.
const MOST = 100_000;

// Outlook draws with Word, which knows no `max-width`: it gets a table of the width around ours.
const FOR_OUTLOOK = `<!--[if mso]><table role="presentation" width="${style.WIDTH}" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`;
const OUTLOOK_END = "<!--[if mso]></td></tr></table><![endif]-->";

// Lists of messages fill a short preview with what comes next in the letter, unless something invisible comes first.
const FILLER = "\u00a0\u200c".repeat(60);

/** Bytes of a text as UTF-8. */
const bytes = (text: string): number => new TextEncoder().encode(text).length;

/** As many of the blocks, from the first one, as `room` bytes hold with a line break after each. */
export function firstThatFit(blocks: readonly string[], room: number): string[] {
  let left = room;
  let count = 0;
  for (const block of blocks) {
    left -= bytes(block) + 1;
    if (left < 0) break;
    count++;
  }
  return blocks.slice(0, count);
}

function page(title: string, preheader: string, frame: EmailFrame, content: string): string {
  const hidden = preheader && `<div style="${style.UNSEEN}">${escapeHtml(preheader)}${FILLER}</div>\n`;
  const leave =
    frame.unsubscribe === null
      ? ""
      : `<p style="${style.FOOT}">您收到此信，是因为订阅了“${escapeHtml(frame.publication)}”。${anchor(frame.unsubscribe, frame.site, "退订")}</p>\n`;
  const column = `<td style="${style.ROOT}">
<p style="${style.SIGN}">${escapeHtml(frame.publication)}</p>
${content}
${leave}</td>`;
  const centred = `<td align="center" style="padding:16px 12px">
${FOR_OUTLOOK}
${layout(column, "100%", `max-width:${style.WIDTH}px`)}
${OUTLOOK_END}
</td>`;
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
</head>
<body style="margin:0;padding:0">
${hidden}${layout(centred)}
</body>
</html>
`;
}

/**
 * A letter of these blocks, cut where a block ends if all would be more than Gmail shows; `rest` says, with how many were
 * left out, what stands in their place.
 */
export function letterPage(
  letter: { title: string; preheader: string; blocks: readonly string[]; end: string },
  frame: EmailFrame,
  rest: (left: number) => string,
): string {
  const { title, preheader, blocks, end } = letter;
  const whole = page(title, preheader, frame, [...blocks, end].join("\n"));
  if (bytes(whole) <= MOST) return whole;
  const room = MOST - bytes(page(title, preheader, frame, `${rest(blocks.length)}\n${end}`));
  const kept = firstThatFit(blocks, room);
  return page(title, preheader, frame, [...kept, rest(blocks.length - kept.length), end].join("\n"));
}

/** The text part's last lines. */
export function textFoot({ unsubscribe }: EmailFrame): string {
  return unsubscribe === null ? "" : `--\n退订：${unsubscribe}`;
}
