/**
 * What each outlet takes, as data: the only place that knows a platform's numbers and hosts. A new outlet is an entry here
 * and a value in `newsroom/types.ts` and the table's CHECK.
 *
 * Source of the numbers: neither platform documents its web form for third parties (see `reference/wechat.md` §4: 视频号
 * has no publish API, 抖音's is open to approved subjects only). They are what the forms of channels.weixin.qq.com and
 * creator.douyin.com accept and what public upload tools (social-auto-upload and others) keep to: configuration, to be
 * changed here when a form changes. Lengths count UTF-16 units, the strictest of the ways a form may count.
 */
import type { Outlet } from "../newsroom/types.ts";
import { HOUR } from "../platform/time.ts";

/** What an outlet's form takes. */
interface OutletRules {
  /** What the office calls it. */
  name: string;
  titleMin: number;
  titleMax: number;
  /** Marks that a title may have besides letters and digits; null takes any. */
  titleMarks: RegExp | null;
  descriptionMax: number;
  hashtagsMax: number;
  /** Where a posted video can be. A link to anywhere else is a slip, or a way to lead readers astray. */
  hosts: readonly string[];
}

export const OUTLET_RULES: Readonly<Record<Outlet, OutletRules>> = {
  channels: {
    name: "视频号",
    titleMin: 6,
    titleMax: 16,
    // 短标题 takes 书名号、引号、冒号、加号、问号、百分号、摄氏度 and nothing else; a comma becomes a space.
    titleMarks: /[《》“”:：+?？%％°℃ ]/u,
    descriptionMax: 1000,
    hashtagsMax: 4,
    hosts: ["channels.weixin.qq.com", "weixin.qq.com", "mp.weixin.qq.com"],
  },
  douyin: {
    name: "抖音号",
    titleMin: 1,
    titleMax: 30,
    titleMarks: null,
    descriptionMax: 1000,
    hashtagsMax: 5,
    hosts: ["www.douyin.com", "v.douyin.com", "www.iesdouyin.com"],
  },
};

const HANDOVER_KINDS = ["publish", "update", "takedown"] as const;
export type HandoverKind = (typeof HANDOVER_KINDS)[number];

export const HANDOVER_STATES = ["open", "done", "cancelled"] as const;
export type HandoverState = (typeof HANDOVER_STATES)[number];

/** How long a task may stay open, business time, before it counts as overdue. A recall is urgent. */
export const DUE_WITHIN: Readonly<Record<HandoverKind, number>> = {
  publish: 4 * HOUR,
  update: 4 * HOUR,
  takedown: HOUR,
};

/** Why a link cannot be the result of a hand-over to this outlet, or null. */
export function refuseLink(outlet: Outlet, link: string): string | null {
  if (!URL.canParse(link)) return "is not an address";
  const url = new URL(link);
  if (url.protocol !== "https:") return "must start with https://";
  if (url.username !== "" || url.password !== "" || url.port !== "") return "must not carry a user name or a port";
  const { hosts, name } = OUTLET_RULES[outlet];
  return hosts.includes(url.hostname) ? null : `must be an address of ${name}: ${hosts.join(", ")}`;
}
