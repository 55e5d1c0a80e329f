/**
 * What the Official Account's API refuses with, in words for the office: what is wrong and where, and who does what about
 * it. Codes of developers.weixin.qq.com (全局返回码, and the pages of stable_token, draft, freepublish, mass, material,
 * quota). `{ip}` stands for the address that the platform saw.
 */

/**
 * Who mends it: `retry` nobody, it passes; `article` the editor of the article; `account` whoever keeps the account's
 * settings here or at the platform; `person` somebody has to be asked, as the account's administrator.
 */
export type ErrorClass = "retry" | "article" | "account" | "person";

export interface CodeEntry {
  class: ErrorClass;
  /** What is wrong, and where. */
  words: string;
  /** What to do next, and who does it. */
  next: string;
  /** How long to leave it alone, where the class does not say: minutes, or until the platform's next day. */
  wait?: number | "midnight";
  /** The account is well and asks for room: not a failure. */
  throttled?: true;
}

const NOTHING = "不用处理，刊发会自动再试";
const ALLOW =
  "请公众号管理员登录微信开发者平台（developers.weixin.qq.com），在该公众号的“API IP 白名单”里加入 {ip}，约十分钟后生效，刊发会自动再试；没有固定 IP 时，请维护人员设置转发服务器";
const TOKEN =
  "刊发已换新令牌再试过：请渠道管理员核对 app_id、app_secret；令牌由外部交入的，请重新交入（PUT /api/channels/{id}/token）";
const UPKEEP = "请把错误码和这句话转给维护刊发的人";
const REDO = "改好后重新审核、提交";
const SHORTEN = "微信有时报错栏目：这一栏不长时，再看标题（32 字）、作者（16 字）、摘要（128 字）";

/** errcode → what it means. */
export const CODES: Readonly<Record<number, CodeEntry>> = {
  [-1]: { class: "retry", words: "微信系统繁忙", next: NOTHING, wait: 0.5 },
  45009: {
    class: "retry",
    words: "今天这个接口的调用次数已经用完",
    next: "不用处理，过了零点刊发自动再试；急用时请管理员在微信开发者平台清零当日次数",
    wait: "midnight",
    throttled: true,
  },
  45011: { class: "retry", words: "这一分钟里调用太快", next: NOTHING, wait: 1, throttled: true },
  50002: {
    class: "retry",
    words: "微信说用户受限，多半是暂时的",
    next: "刊发会自动再试；一直如此时，请管理员登录公众平台（mp.weixin.qq.com）看账号是否被冻结",
    wait: 1,
  },

  40001: { class: "account", words: "微信不认这个 access_token，或 AppSecret 不对", next: TOKEN },
  40014: { class: "account", words: "access_token 不合法", next: TOKEN },
  41001: { class: "account", words: "调用没有带 access_token", next: TOKEN },
  42001: { class: "account", words: "access_token 已过期", next: TOKEN },
  40002: { class: "person", words: "取令牌的方式（grant_type）不被接受", next: UPKEEP },

  40013: {
    class: "account",
    words: "AppID 不对",
    next: "请渠道管理员按微信开发者平台上的 AppID 改渠道的 app_id",
  },
  40125: {
    class: "account",
    words: "AppSecret 不对，可能已被重置",
    next: "请公众号管理员在微信开发者平台查看或重置 AppSecret，由渠道管理员填入渠道的 app_secret",
  },
  41002: { class: "account", words: "没有 AppID", next: "请渠道管理员填写渠道的 app_id" },
  41004: { class: "account", words: "没有 AppSecret", next: "请渠道管理员填写渠道的 app_secret，或由外部交入令牌" },
  43002: {
    class: "account",
    words: "微信收到的不是 POST 请求，多半是转发服务器改了请求",
    next: "请维护人员检查转发服务器：不要跳转，原样转发 POST",
  },
  40164: { class: "account", words: "调用的 IP {ip} 不在公众号的 IP 白名单里", next: ALLOW },
  61004: { class: "account", words: "调用的 IP {ip} 没有在公众号登记", next: ALLOW },
  40243: {
    class: "account",
    words: "AppSecret 已被冻结",
    next: "请公众号管理员在微信开发者平台解冻或重置 AppSecret，由渠道管理员填入渠道的 app_secret",
  },
  48001: {
    class: "account",
    words: "公众号没有这个接口的权限，多半是没有认证或认证已过期",
    next: "请管理员在公众平台看认证是否有效；不能认证的账号，请渠道管理员把 mode 改为 drafts（只做草稿，由人发表）",
  },
  48004: {
    class: "person",
    words: "这个接口被微信封禁",
    next: "请管理员登录公众平台（mp.weixin.qq.com）看通知里的原因，按提示申诉",
  },
  48006: {
    class: "person",
    words: "清零调用次数的机会本月已用完",
    next: "不能再清零：等次数在零点自动恢复；急用的内容请编辑在公众平台手工发表",
    wait: "midnight",
  },
  50004: {
    class: "person",
    words: "公众号被禁止取令牌",
    next: "请管理员登录公众平台看账号状态和通知，必要时联系微信客服",
  },
  50007: { class: "person", words: "公众号已被冻结", next: "请管理员登录公众平台，按通知解冻" },
  88000: {
    class: "account",
    words: "公众号没有留言功能",
    next: "请渠道管理员把渠道的 comments 改为 off，或请管理员在公众平台开通留言",
  },

  89501: {
    class: "person",
    words: "IP {ip} 正在等公众号管理员确认",
    next: "请公众号管理员在微信里找到“公众平台安全助手”的消息，确认 {ip}；刊发会自动再试",
  },
  89503: {
    class: "person",
    words: "IP {ip} 的调用要公众号管理员确认，确认消息已发到管理员的微信",
    next: "请公众号管理员在微信里打开那条消息，确认 {ip}；刊发会自动再试",
  },
  89506: {
    class: "person",
    words: "公众号管理员两次拒绝了 IP {ip}，24 小时内不能再用",
    next: "请与公众号管理员说明 {ip} 是刊发的地址，把它加入 API IP 白名单；24 小时后自动再试",
    wait: 24 * 60,
  },
  89507: {
    class: "person",
    words: "公众号管理员拒绝了 IP {ip}，一小时内不能再用",
    next: "请与公众号管理员说明 {ip} 是刊发的地址，请他下次确认，或加入 API IP 白名单；一小时后自动再试",
    wait: 60,
  },

  40007: {
    class: "article",
    words: "素材或草稿在微信上找不到：封面被删，或草稿已发表、被删",
    next: `请编辑到公众平台看草稿箱和素材库；封面不在了就换一张，${REDO}`,
  },
  40005: {
    class: "article",
    words: "图片类型微信不收：正文图只收 jpg、png",
    next: `请编辑把图片换成 jpg 或 png，${REDO}`,
  },
  40009: {
    class: "article",
    words: "图片太大：正文图须小于 1 MB，封面须小于 10 MB",
    next: `请编辑换一张小些的图片，${REDO}`,
  },
  40137: { class: "article", words: "图片格式微信读不了，如 webp", next: `请编辑把图片换成 jpg 或 png，${REDO}` },
  41005: { class: "article", words: "上传的图片是空的", next: `请编辑重新上传图片，${REDO}` },
  44002: { class: "article", words: "送去的内容是空的", next: `请编辑看稿件是否有标题和正文，${REDO}` },
  44003: { class: "article", words: "图文消息是空的", next: `请编辑看稿件是否有正文，${REDO}` },
  44004: { class: "article", words: "正文是空的", next: `请编辑补上正文，${REDO}` },
  45001: { class: "article", words: "素材文件太大", next: `请编辑换小一些的图片或视频，${REDO}` },
  45002: {
    class: "article",
    words: "正文太长：带格式须少于 2 万字符、小于 1 MB",
    next: `请编辑删减正文，先减表格和列表，或分成两篇，${REDO}`,
  },
  45003: { class: "article", words: "标题太长，最多 32 字", next: `请编辑缩短标题，${REDO}；${SHORTEN}` },
  45004: { class: "article", words: "摘要太长，最多 128 字", next: `请编辑缩短摘要，${REDO}；${SHORTEN}` },
  45005: { class: "article", words: "链接太长，最多 1 KB", next: `请编辑缩短“阅读原文”的链接（来源网址），${REDO}` },
  45006: { class: "article", words: "图片的网址太长", next: `请编辑把图片上传到刊发，不要用外部网址，${REDO}` },
  45008: { class: "article", words: "一次图文超过 8 篇", next: `${UPKEEP}；急用时请编辑在公众平台手工发表` },
  45110: { class: "article", words: "作者太长，最多 16 字", next: `请编辑缩短作者（署名），${REDO}；${SHORTEN}` },
  45166: {
    class: "article",
    words: "正文内容不合要求",
    next: `请编辑看正文里是否有特殊格式、外部链接或图片，去掉后${REDO}`,
  },
  41039: { class: "article", words: "“阅读原文”的链接不合要求", next: `请编辑改正或去掉来源网址，${REDO}` },
  40114: {
    class: "article",
    words: "要改的那一篇不在草稿里",
    next: "请编辑到公众平台草稿箱看草稿是否被人改过，再在刊发里重新更正",
  },
  47001: {
    class: "article",
    words: "微信读不了送去的内容（JSON 格式）",
    next: `请编辑看标题、正文里是否有特殊符号，去掉后${REDO}；仍不行，${UPKEEP}`,
  },
  53404: { class: "article", words: "公众号被限制带货，稿件里有商品", next: `请编辑去掉商品，${REDO}` },
  53405: { class: "article", words: "稿件里的商品信息有误", next: `请编辑改正或去掉商品，${REDO}` },
  53406: {
    class: "account",
    words: "公众号没有开通带货，稿件里有商品",
    next: "请编辑去掉商品，或请管理员在公众平台开通",
  },
  53503: {
    class: "article",
    words: "草稿没有通过微信的发布检查",
    next: `请编辑到公众平台草稿箱打开这份草稿，看提示的是哪一处，在刊发里${REDO}`,
  },
  53504: {
    class: "person",
    words: "微信要求到公众平台网站上使用这份草稿",
    next: "请编辑登录公众平台（mp.weixin.qq.com），在草稿箱里手工发表",
  },
  53505: {
    class: "person",
    words: "微信要求先在公众平台手工保存这份草稿",
    next: "请编辑登录公众平台，在草稿箱里打开并保存它；刊发会自动再试",
  },
  53600: {
    class: "article",
    words: "微信上没有这篇文章（article_id 无效），可能已被删除",
    next: "请编辑在公众平台“发表记录”里核对；已经没有的，不用再处理",
  },

  47009: { class: "person", words: "微信已停用这个接口", next: UPKEEP, wait: "midnight" },
  61500: { class: "person", words: "向微信要数据时，日期的写法不对", next: UPKEEP, wait: "midnight" },
  61501: { class: "person", words: "向微信要数据时，日期的范围不对", next: UPKEEP, wait: "midnight" },
  76021: { class: "person", words: "微信没有这个接口（cgi_path）", next: UPKEEP, wait: "midnight" },
  40201: {
    class: "account",
    words: "公众号没有设置回调地址",
    next: "请公众号管理员在公众平台“设置与开发 › 基本配置”里填写服务器地址并启用",
  },
  40202: { class: "person", words: "微信不认识这种网络检测（action）", next: UPKEEP },
  40203: { class: "person", words: "微信不认识这个检测线路（check_operator）", next: UPKEEP },

  45028: {
    class: "retry",
    words: "群发次数已经用完",
    next: "今天的内容可以用“发布”，不推送给粉丝；过了零点刊发自动再试，服务号一月四次，用完要等下月",
    wait: "midnight",
    throttled: true,
  },
  45065: {
    class: "retry",
    words: "同一次群发微信已经收到过，不会发第二遍",
    next: "不用处理，刊发接着查它的结果",
    wait: 1,
  },
  45066: { class: "retry", words: "同一次群发重试太快", next: NOTHING, wait: 1, throttled: true },
  45067: { class: "person", words: "群发的编号（clientmsgid）太长", next: UPKEEP },
  45015: {
    class: "person",
    words: "读者上次来信已超过 48 小时，不能再用客服消息回复",
    next: "请值班编辑用别的方式联系，或等读者再来信",
  },
  45047: { class: "retry", words: "给这位读者的客服消息已到上限", next: "不用处理，等读者再来信后才能再发", wait: 60 },
  48002: {
    class: "person",
    words: "读者拒收公众号的消息",
    next: "不要再发给这位读者；要紧的事请值班编辑用别的方式联系",
  },
};

/** `publish_status` of `freepublish/get` and PUBLISHJOBFINISH, other than 0 (published) and 1 (under way). */
export const PUBLISH_STATUSES: Readonly<Record<number, CodeEntry>> = {
  2: {
    class: "article",
    words: "原创校验没有通过，微信认为与别人的原创文章相同",
    next: `请编辑看是哪一篇：转载的注明来源并取得授权，或改写后${REDO}`,
  },
  3: {
    class: "person",
    words: "发布失败，微信没有说原因",
    next: "请编辑登录公众平台，在草稿箱里打开这份草稿，看提示，或在那里手工发表",
  },
  4: { class: "article", words: "平台审核没有通过", next: `请编辑看公众平台的通知，改正那一篇，${REDO}` },
  5: {
    class: "person",
    words: "发布后，有人在公众平台删除了全部文章",
    next: "请编辑问明是谁删的、为什么；不该删的，在刊发里重新发布",
  },
  6: {
    class: "person",
    words: "发布后，微信封禁了全部文章",
    next: "请管理员登录公众平台看通知里的原因，决定申诉还是撤稿；同一内容在别的渠道上也请核对",
  },
};

const REVIEWED = `请编辑改正后${REDO}；认为误判的，请管理员在公众平台申诉`;

/** The number in `err(num)` of MASSSENDJOBFINISH. */
export const MASS_STATUSES: Readonly<Record<number, CodeEntry>> = {
  10001: { class: "article", words: "群发未通过审核：涉嫌广告", next: REVIEWED },
  20001: { class: "article", words: "群发未通过审核：涉嫌政治", next: `请编辑立即报告值班领导；${REVIEWED}` },
  20002: { class: "article", words: "群发未通过审核：涉嫌色情", next: REVIEWED },
  20004: { class: "article", words: "群发未通过审核：涉嫌社会问题", next: REVIEWED },
  20006: { class: "article", words: "群发未通过审核：涉嫌违法犯罪", next: REVIEWED },
  20008: { class: "article", words: "群发未通过审核：涉嫌欺诈", next: REVIEWED },
  20013: { class: "article", words: "群发未通过审核：涉嫌侵犯版权", next: `请编辑核对图文来源和授权；${REVIEWED}` },
  21000: { class: "article", words: "群发未通过审核：微信没有细说", next: REVIEWED },
  22000: { class: "article", words: "群发未通过审核：涉嫌互相推广", next: REVIEWED },
  30001: { class: "retry", words: "原创校验时微信系统出错，群发没有进行", next: "稍后再群发一次" },
  30002: {
    class: "article",
    words: "原创校验判定不能群发",
    next: `请编辑看是哪一篇与别人的原创相同，换掉或改写后${REDO}`,
  },
  30003: {
    class: "article",
    words: "原创校验判定为转载，而渠道设置是转载就不群发",
    next: "请编辑取得授权；或请渠道管理员把渠道的 send_ignore_reprint 改为 true",
  },
  40001: {
    class: "person",
    words: "公众号管理员拒绝了这次群发",
    next: "请值班编辑与公众号管理员说明，再重新群发",
  },
  40002: {
    class: "person",
    words: "公众号管理员 30 分钟内没有确认，这次群发已失效",
    next: "请值班编辑打电话给公众号管理员，重新群发时请他在手机上确认；也可以在公众平台“安全中心”关掉群发保护",
  },
};
