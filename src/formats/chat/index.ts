/**
 * Articles and lists of posts as chat media take them: each renderer gives the body of a request, but for who gets it and
 * a signature. Read `piece.ts` (what goes in), `cut.ts` (limits), `markdown.ts` and `dialects.ts` (escaping), then a medium.
 */
export { cutText, fitSeveral, jsonLength, jsonTextLength, type Several, utf8Length } from "./cut.ts";
export {
  dingtalkFeed,
  type DingtalkFeed,
  dingtalkList,
  type DingtalkMarkdown,
  dingtalkText,
  type DingtalkText,
  renderDingtalk,
} from "./dingtalk.ts";
export { discordList, type DiscordMessage, discordText, type DiscordText, renderDiscord } from "./discord.ts";
export { feishuList, type FeishuCard, type FeishuColour, renderFeishu } from "./feishu.ts";
export { feishuPostList, type FeishuPost, feishuText, renderFeishuPost } from "./feishu-post.ts";
export { oneLine, type Piece, pieceOf, pictureUrl, type Summary } from "./piece.ts";
export { renderSlack, slackList, type SlackMessage, slackText } from "./slack.ts";
export {
  type Entity,
  telegramList,
  telegramMessage,
  type TelegramMessage,
  telegramPhoto,
  type TelegramPhoto,
  telegramText,
} from "./telegram.ts";
export { renderTelegram, type TelegramCall, telegramRich, type TelegramRich } from "./telegram-rich.ts";
export {
  renderWecom,
  type WecomMarkdown,
  wecomNews,
  type WecomNews,
  WECOM_LIMITS,
  wecomText,
  type WecomText,
} from "./wecom.ts";
