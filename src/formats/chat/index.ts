/**
 * Articles and lists of posts as chat media take them: each renderer gives the body of a request, but for who gets it and
 * a signature. Read `piece.ts` (what goes in), `cut.ts` (limits), `markdown.ts` and `dialects.ts` (escaping), then a medium.
 */
export type { Several } from "./cut.ts";
export { dingtalkFeed, type DingtalkFeed, type DingtalkMarkdown, renderDingtalk } from "./dingtalk.ts";
export { discordList, type DiscordMessage, renderDiscord } from "./discord.ts";
export { feishuList, type FeishuCard, renderFeishu } from "./feishu.ts";
export { feishuPostList, type FeishuPost, renderFeishuPost } from "./feishu-post.ts";
export { type Piece, pieceOf, type Summary } from "./piece.ts";
export { renderSlack, slackList, type SlackMessage } from "./slack.ts";
export {
  type Entity,
  telegramList,
  telegramMessage,
  type TelegramMessage,
  telegramPhoto,
  type TelegramPhoto,
} from "./telegram.ts";
export { renderTelegram, type TelegramCall, telegramRich, type TelegramRich } from "./telegram-rich.ts";
export { renderWecom, wecomNews, type WecomMarkdown, type WecomNews } from "./wecom.ts";
