/** A Slack incoming webhook (docs.slack.dev, Sending messages using incoming webhooks): rich text, never mrkdwn. */
import { z } from "zod";
import { type Block, imageWords, type Piece, renderSlack, slackList, slackText } from "../formats/index.ts";
import { alertText, messageOfAll, pieceOfItem, shownWhole, STYLES, summaryOf } from "./digest.ts";
import { judgeBy, type Meaning, postJson, verdictOf } from "./http.ts";
import type { Kind } from "./kind.ts";

const config = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2048),
  style: z.enum(STYLES).default("digest"),
});
type Config = z.output<typeof config>;

const BATCH = 10;
const REMOVED = { as: "gone", why: "Webhook 已被移除或停用；请在 Slack 里新建" } as const;
const MALFORMED = { as: "rejected", why: "消息格式不被接受" } as const;
/** What Slack answers in words, not codes. */
const WORDS: Readonly<Record<string, Meaning>> = {
  no_service: REMOVED,
  no_service_id: REMOVED,
  no_active_hooks: REMOVED,
  invalid_token: REMOVED,
  no_team: { as: "gone", why: "Slack 工作区不存在" },
  team_disabled: { as: "gone", why: "Slack 工作区已停用" },
  channel_not_found: { as: "gone", why: "Slack 频道不存在；请新建 Webhook" },
  channel_is_archived: { as: "gone", why: "Slack 频道已归档" },
  action_prohibited: { as: "retry", why: "Slack 管理员禁止了这一操作；请管理员放行" },
  posting_to_general_channel_denied: { as: "retry", why: "不许向 #general 发言；请管理员放行，或换一个频道" },
  rate_limited: { as: "wait", after: 1_000, why: "发送过快" },
  invalid_payload: MALFORMED,
  invalid_blocks: MALFORMED,
  invalid_blocks_format: MALFORMED,
  invalid_attachments: MALFORMED,
  too_many_attachments: MALFORMED,
  no_text: MALFORMED,
  user_not_found: MALFORMED,
  msg_too_long: { as: "rejected", why: "消息过长" },
  msg_blocks_too_long: { as: "rejected", why: "消息过长" },
};

// Slack fetches pictures while it takes the message, and refuses all of it for one that it cannot have. Those of the
// office can be had.
function withOwnPictures(piece: Piece): Piece {
  const { origin } = new URL(piece.url);
  const blocks = piece.blocks.map((block): Block => {
    if (block.kind !== "image" || new URL(block.src).origin === origin) return block;
    const { src, alt, ...place } = block;
    return { ...place, kind: "text", role: "paragraph", runs: [{ text: imageWords(alt) || "［图］", link: src }] };
  });
  return { ...piece, blocks };
}

export const slack: Kind<Config, string> = {
  name: "slack",
  config,
  secrets: ["url"],
  address: "url",
  signs: null,
  hosts: ["hooks.slack.com", "hooks.slack-gov.com"],
  // One message a second, short bursts allowed.
  limits: { batch: BATCH, deadline: 10_000, pace: { credential: 1_000 } },
  batch: ({ style }) => (style === "full" ? 1 : BATCH),
  credential: ({ url }) => url,
  unknown: "resend",
  wants: ({ style }) => (style === "full" ? "text" : "summary"),
  variant: ({ style }) => style,
  compose(items, { style }) {
    const whole = shownWhole(items, style);
    if (whole) return JSON.stringify(renderSlack(withOwnPictures(pieceOfItem(whole))));
    return JSON.stringify(
      messageOfAll(
        items.map((item) => summaryOf(item)),
        slackList,
      ),
    );
  },
  composeAlerts: (items) => JSON.stringify(slackText(alertText(items, 8_000, (text) => text.length))),
  request: (body, { url }) => postJson(url, body),
  judge: (reply) =>
    judgeBy(reply, ({ status, headers, body }) => {
      const said = body.trim();
      if (status === 200 && said === "ok") return { type: "accepted", why: "ok" };
      const meaning = Object.hasOwn(WORDS, said) ? WORDS[said] : undefined;
      if (meaning) return verdictOf(said, meaning, headers);
      if (status === 400 || status === 413) return verdictOf(`HTTP ${status}`, MALFORMED);
      return status === 410 ? verdictOf("HTTP 410", REMOVED) : null;
    }),
};
