// Answers of platforms as they were recorded or documented, and what each means. Bodies are JSON unless they are texts.
import type { Reply, Verdict } from "../../../src/channels/kind.ts";
import type { Named } from "../../worker/helpers/platforms.ts";

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: object | string;
  /** The verdict, as far as it matters; `words`: what its reason must say to people. */
  is: Verdict["type"] | "throttled";
  after?: number;
  words?: string;
  patch?: object;
}

const MINUTE = 60_000;

export const ANSWERS: Readonly<Record<Named, readonly Answer[]>> = {
  wecom: [
    { body: { errcode: 0, errmsg: "ok" }, is: "accepted" },
    { body: { errcode: -1, errmsg: "system busy" }, is: "retry" },
    {
      body: { errcode: 45009, errmsg: "api freq out of limit" },
      is: "throttled",
      after: MINUTE,
      words: "每分钟最多 20 条",
    },
    { body: { errcode: 45033, errmsg: "concurrent" }, is: "throttled", after: MINUTE },
    { body: { errcode: 93000, errmsg: "invalid webhook url" }, is: "gone", words: "重新添加机器人" },
    { body: { errcode: 93004, errmsg: "robot disabled" }, is: "retry", words: "重新启用" },
    { body: { errcode: 93008, errmsg: "not in group" }, is: "gone" },
    { body: { errcode: 60020, errmsg: "not allow to access from your ip" }, is: "retry", words: "IP" },
    { body: { errcode: 40058, errmsg: "markdown.content exceed max length 4096" }, is: "rejected", words: "40058" },
    { body: { errcode: 40008, errmsg: "invalid message type" }, is: "rejected" },
    { body: { errcode: 44004, errmsg: "empty content" }, is: "rejected" },
    { body: { errcode: 45002, errmsg: "content size out of limit" }, is: "rejected" },
    { body: { errcode: 45008, errmsg: "article size out of limit" }, is: "rejected" },
    { body: { errcode: 99999, errmsg: "something new" }, is: "retry", words: "something new" },
  ],
  dingtalk: [
    { body: { errcode: 0, errmsg: "ok" }, is: "accepted" },
    { body: { errcode: -1, errmsg: "系统繁忙" }, is: "retry" },
    {
      body: {
        status: 1111,
        wait: 5,
        source: "x5",
        punish: "deny",
        errcode: 130101,
        errmsg: "send too fast, exceed 20 times per minute",
      },
      is: "throttled",
      after: 10 * MINUTE,
    },
    { body: { errcode: 410100, errmsg: "发送速度太快而限流" }, is: "throttled", after: 10 * MINUTE },
    {
      body: { errcode: 310000, errmsg: "description:keywords not in content;solution:…" },
      is: "rejected",
      words: "关键词",
    },
    { body: { errcode: 310000, errmsg: "description:sign not match;solution:…" }, is: "retry", words: "config.secret" },
    { body: { errcode: 310000, errmsg: "description:invalid timestamp;solution:…" }, is: "retry", words: "签名" },
    { body: { errcode: 310000, errmsg: "description:ip 1.1.1.1 not in whitelist" }, is: "retry", words: "加签" },
    { body: { errcode: 310000, errmsg: "" }, is: "retry", words: "安全设置" },
    { body: { errcode: 300001, errmsg: "token is not exist" }, is: "gone", words: "重新添加机器人" },
    { body: { errcode: 400101, errmsg: "access_token不存在" }, is: "gone" },
    { body: { errcode: 400013, errmsg: "群已被解散" }, is: "gone" },
    { body: { errcode: 400106, errmsg: "机器人不存在" }, is: "gone" },
    { body: { errcode: 400102, errmsg: "机器人已停用" }, is: "retry", words: "启用" },
    { body: { errcode: 40035, errmsg: "缺少参数 json" }, is: "rejected" },
    { body: { errcode: 400105, errmsg: "不支持的消息类型" }, is: "rejected" },
    { body: { errcode: 430101, errmsg: "含有不安全的外链" }, is: "rejected" },
    { body: { errcode: 430102, errmsg: "含有不合适的文本" }, is: "rejected" },
    { body: { errcode: 430103, errmsg: "含有不合适的图片" }, is: "rejected" },
    { body: { errcode: 430104, errmsg: "含有不合适的内容" }, is: "rejected" },
  ],
  feishu: [
    { body: { StatusCode: 0, StatusMessage: "success", code: 0, data: {}, msg: "success" }, is: "accepted" },
    { body: { code: 11232, msg: "frequency limited psm" }, is: "throttled", after: MINUTE },
    { status: 400, body: { code: 9499, msg: "too many request", data: {} }, is: "throttled", after: MINUTE },
    { status: 400, body: { code: 9499, msg: "Bad Request", data: {} }, is: "rejected" },
    { body: { code: 19001, msg: "param invalid: incoming webhook access token invalid" }, is: "gone", words: "token" },
    { body: { code: 19002, msg: "params error, msg_type need" }, is: "rejected" },
    {
      body: { code: 19021, msg: "sign match fail or timestamp is not within one hour" },
      is: "retry",
      words: "config.secret",
    },
    { body: { code: 19022, msg: "Ip Not Allowed" }, is: "retry", words: "签名校验" },
    { body: { code: 19024, msg: "Key Words Not Found" }, is: "rejected", words: "关键词" },
    { body: { code: 19036, msg: "card error" }, is: "rejected" },
  ],
  telegram: [
    { body: { ok: true, result: { message_id: 7 } }, is: "accepted" },
    // The answer repeats the message, in escapes; only the start of a long one is read.
    { body: `{"ok":true,"result":{"message_id":7,"text":"${"\\u957f".repeat(3000)}`, is: "accepted" },
    { body: `{"ok":false,"error_code":400,"description":"${"x".repeat(20_000)}`, is: "retry" },
    {
      status: 429,
      body: {
        ok: false,
        error_code: 429,
        description: "Too Many Requests: retry after 37",
        parameters: { retry_after: 37 },
      },
      is: "throttled",
      after: 37_000,
    },
    {
      status: 400,
      body: {
        ok: false,
        error_code: 400,
        description: "Bad Request: group chat was upgraded to a supergroup chat",
        parameters: { migrate_to_chat_id: -1009876543210 },
      },
      is: "moved",
      patch: { chat_id: "-1009876543210" },
    },
    {
      status: 400,
      body: { ok: false, error_code: 400, description: "Bad Request: group chat was upgraded to a supergroup chat" },
      is: "retry",
      words: "chat_id",
    },
    {
      status: 400,
      body: { ok: false, error_code: 400, description: "Bad Request: chat not found" },
      is: "gone",
      words: "chat_id",
    },
    {
      status: 400,
      body: { ok: false, error_code: 400, description: "Bad Request: message is too long" },
      is: "rejected",
    },
    {
      status: 400,
      body: {
        ok: false,
        error_code: 400,
        description: "Bad Request: not enough rights to send text messages to the chat",
      },
      is: "retry",
      words: "权限",
    },
    {
      status: 403,
      body: { ok: false, error_code: 403, description: "Forbidden: bot was kicked from the supergroup chat" },
      is: "gone",
      words: "机器人",
    },
    {
      status: 403,
      body: { ok: false, error_code: 403, description: "Forbidden: bot was blocked by the user" },
      is: "gone",
    },
    { status: 403, body: { ok: false, error_code: 403, description: "Forbidden: CHAT_WRITE_FORBIDDEN" }, is: "retry" },
    { status: 401, body: { ok: false, error_code: 401, description: "Unauthorized" }, is: "gone", words: "bot_token" },
    { status: 404, body: { ok: false, error_code: 404, description: "Not Found" }, is: "gone", words: "bot_token" },
    { status: 413, body: { ok: false, error_code: 413, description: "Request Entity Too Large" }, is: "rejected" },
    { status: 500, body: { ok: false, error_code: 500, description: "Internal Server Error" }, is: "retry" },
  ],
  slack: [
    { body: "ok", is: "accepted" },
    { body: "ok\n", is: "accepted" },
    { body: { ok: true }, is: "retry" },
    { status: 429, headers: { "retry-after": "30" }, body: "rate_limited", is: "throttled", after: 30_000 },
    { status: 429, headers: { "retry-after": "12" }, body: "", is: "throttled", after: 12_000 },
    { status: 404, body: "no_service", is: "gone", words: "Webhook" },
    { status: 404, body: "no_active_hooks", is: "gone" },
    { status: 404, body: "no_team", is: "gone" },
    { status: 403, body: "invalid_token", is: "gone" },
    { status: 404, body: "channel_not_found", is: "gone" },
    { status: 410, body: "channel_is_archived", is: "gone" },
    { status: 410, body: "", is: "gone" },
    { status: 403, body: "action_prohibited", is: "retry", words: "管理员" },
    { status: 403, body: "posting_to_general_channel_denied", is: "retry" },
    { status: 400, body: "invalid_payload", is: "rejected" },
    { status: 400, body: "invalid_blocks", is: "rejected" },
    { status: 400, body: "msg_blocks_too_long", is: "rejected" },
    { status: 400, body: "a new word", is: "rejected" },
    { status: 400, body: "toString", is: "rejected" },
    { status: 404, body: "<html>", is: "retry" },
    { status: 500, body: "rollup_error", is: "retry" },
  ],
  discord: [
    { body: { id: "1300000000000000000", type: 0 }, is: "accepted" },
    { status: 204, body: "", is: "accepted" },
    { body: `{"type":0,"content":"","embeds":[{"description":"${"\\u957f".repeat(3000)}`, is: "accepted" },
    {
      status: 429,
      body: { message: "You are being rate limited.", retry_after: 0.564, global: false },
      is: "throttled",
      after: 564,
    },
    {
      status: 429,
      headers: { "retry-after": "5" },
      body: { retry_after: 1.5, global: true },
      is: "throttled",
      after: 5_000,
    },
    { status: 429, headers: { "x-ratelimit-reset-after": "2.25" }, body: "", is: "throttled", after: 2_250 },
    {
      status: 429,
      headers: { "retry-after": "600" },
      body: "<html>error 1015</html>",
      is: "throttled",
      after: 600_000,
    },
    { status: 404, body: { message: "Unknown Webhook", code: 10015 }, is: "gone", words: "Webhook" },
    { status: 401, body: { message: "Invalid Webhook Token", code: 50027 }, is: "gone" },
    { status: 404, body: { message: "Unknown Channel", code: 10003 }, is: "gone" },
    { status: 400, body: { message: "Invalid Form Body", code: 50035 }, is: "rejected" },
    { status: 400, body: { message: "Cannot send an empty message", code: 50006 }, is: "rejected" },
    { status: 400, body: { embeds: ["0"] }, is: "rejected" },
    { status: 413, body: { message: "Request entity too large", code: 40005 }, is: "rejected" },
    { status: 404, body: { message: "404: Not Found", code: 0 }, is: "retry" },
    { status: 403, body: { message: "Missing Access", code: 50001 }, is: "retry" },
  ],
  ntfy: [
    { body: { id: "sPs71M8A2T", time: 1735941771, event: "message" }, is: "accepted" },
    { body: { event: "message" }, is: "retry" },
    {
      status: 429,
      body: { code: 42901, http: 429, error: "limit reached: too many requests" },
      is: "throttled",
      after: MINUTE,
    },
    { status: 429, headers: { "retry-after": "90" }, body: { code: 42901, http: 429 }, is: "throttled", after: 90_000 },
    {
      status: 429,
      body: { code: 42908, http: 429, error: "limit reached: too many messages" },
      is: "throttled",
      after: 60 * MINUTE,
    },
    {
      status: 429,
      body: { code: 42905, http: 429, error: "limit reached: daily bandwidth" },
      is: "throttled",
      after: 60 * MINUTE,
    },
    { status: 401, body: { code: 40101, http: 401, error: "unauthorized" }, is: "retry", words: "config.token" },
    { status: 403, body: { code: 40301, http: 403, error: "forbidden" }, is: "retry", words: "config.token" },
    { status: 404, body: { code: 40401, http: 404, error: "page not found" }, is: "retry", words: "config.server" },
    { status: 400, body: { code: 40009, http: 400, error: "invalid request: topic invalid" }, is: "gone" },
    { status: 400, body: { code: 40010, http: 400, error: "topic name is disallowed" }, is: "gone" },
    { status: 400, body: { code: 40024, http: 400, error: "request body must be valid JSON" }, is: "rejected" },
    { status: 413, body: { code: 41301, http: 413, error: "attachment too large" }, is: "rejected" },
    { status: 413, body: { code: 41303, http: 413, error: "JSON body too large" }, is: "rejected" },
    { status: 500, body: { code: 50001, http: 500, error: "internal server error" }, is: "retry", words: "internal" },
  ],
};

/** What stands between us and any platform, and says nothing of the message. */
export const IN_BETWEEN: readonly Answer[] = [
  { body: "", is: "retry" },
  { body: "<!doctype html><title>登录</title>", is: "retry" },
  { body: "null", is: "retry" },
  { body: "[]", is: "retry" },
  { body: "{}", is: "retry" },
  { body: '{"errcode":"0","code":"0","ok":"true"}', is: "retry" },
  { status: 302, headers: { location: "https://portal.example.com/" }, body: "", is: "retry", words: "redirect" },
  { status: 429, headers: { "retry-after": "7" }, body: "", is: "throttled", after: 7_000 },
  { status: 502, headers: { "retry-after": "120" }, body: "<html>Bad Gateway</html>", is: "retry", after: 120_000 },
  { status: 530, body: "error code: 1016", is: "retry" },
];

/** An answer as delivery hands it to a kind. */
export const replyOf = ({ status = 200, headers = {}, body }: Answer): Reply => ({
  type: "response",
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
